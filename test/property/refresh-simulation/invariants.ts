import {
  FORCED_PER_DAY,
  FORCED_PER_DAY_FOR_OPERATORS,
  ISSUES_KEPT_FOR_OPERATORS,
} from '#shared/access-token/lease-rules.ts';
import { tokenStateOf } from '#shared/access-token/token-item.dynamodb.ts';
import { type TokenState, usableToken } from '#shared/access-token/token-state.ts';
import { type Item, optionalNumberOf } from '#shared/table/attributes.dynamodb.ts';

const DAY_MS = 86_400_000;
/** WeChat's days begin at midnight in UTC+8. */
const DAY_BEGINS_AT_MS = 16 * 3_600_000;
/** An issue sent so close to midnight may rightly be counted for the other day: clocks differ, and it is counted before it is sent. */
const AROUND_MIDNIGHT_MS = 15_000;
/** WeChat wants 30 s by its own clock; ours differ by 2 s, and what is counted is sent within 4 s. */
const FORCED_SPACING_MS = 24_000;

/** One issue call that goes out. */
export interface SentIssue {
  readonly who: string;
  readonly forced: boolean;
  readonly byOperator: boolean;
  /** The true time. */
  readonly at: number;
}

interface SentOfDay {
  /** Counted from some day. */
  readonly day: number;
  all: number;
  forced: number;
}

/** What must hold for one account whatever happens. Looks on and tells every breach. */
export class Invariants {
  readonly #cap: number;
  readonly #breach: (what: string) => void;
  #inFlight = 0;
  #sent = 0;
  #sentToday: SentOfDay = { day: 0, all: 0, forced: 0 };
  #lastForcedAt = Number.NEGATIVE_INFINITY;
  readonly #answeredRefused = new Set<string>();
  readonly #storedRefused = new Map<string, number>();
  readonly #counted = new Map<string, number>();

  /** @param cap of a quota day, without what is kept for operators */
  constructor(cap: number, breach: (what: string) => void) {
    this.#cap = cap;
    this.#breach = breach;
  }

  /** An issue call goes out. Returns what to call when it has ended: answered, cut off, or past its deadline. */
  issueSent(issue: SentIssue): () => void {
    this.#sent += 1;
    this.#inFlight += 1;
    if (this.#inFlight > 1) this.#breach(`${issue.who} sent an issue call while another one was in flight`);
    const counted = [...this.#counted.values()].reduce((sum, issues) => sum + issues, 0);
    if (this.#sent > counted)
      this.#breach(`${issue.who} sent issue call ${this.#sent}, but only ${counted} are counted`);
    this.#checkCaps(issue);
    if (issue.forced) this.#checkSpacing(issue);
    let open = true;
    return () => {
      if (open) this.#inFlight -= 1;
      open = false;
    };
  }

  /** WeChat answered a probe of this token with a refusal. */
  probeRefused(token: string): void {
    this.#answeredRefused.add(token);
  }

  /** When it was stored that a probe of this token was refused; `undefined` when it was not. */
  storedRefusedAt(token: string): number | undefined {
    return this.#storedRefused.get(token);
  }

  /** A write was won. Returns the state that it left. */
  wrote(before: Item | undefined, after: Item, { at, byOperator }: Pick<SentIssue, 'at' | 'byOperator'>): TokenState {
    for (const attribute of ['tokenVersion', 'receivedAt']) {
      const [from, to] = [before && optionalNumberOf(before, attribute), optionalNumberOf(after, attribute)];
      if (from !== undefined && (to === undefined || to < from))
        this.#breach(`${attribute} went from ${from} to ${to}`);
    }
    const state = tokenStateOf(after);
    const cap = this.#capFor(byOperator);
    for (const [day, issues] of Object.entries(state.issued)) {
      const counted = this.#counted.get(day) ?? 0;
      if (issues > counted && issues > cap) this.#breach(`issue ${issues} of ${day} was counted: over ${cap}`);
      this.#counted.set(day, Math.max(issues, counted));
    }
    this.#checkRefusals(state, at);
    return state;
  }

  #checkCaps({ who, forced, byOperator, at }: SentIssue): void {
    const day = dayOf(at);
    if (day !== dayOf(at - AROUND_MIDNIGHT_MS) || day !== dayOf(at + AROUND_MIDNIGHT_MS)) return;
    if (this.#sentToday.day !== day) this.#sentToday = { day, all: 0, forced: 0 };
    const today = this.#sentToday;
    today.all += 1;
    const cap = this.#capFor(byOperator);
    if (today.all > cap) this.#breach(`${who} sent issue call ${today.all} of the day: over ${cap}`);
    if (!forced) return;
    today.forced += 1;
    const forcedCap = byOperator ? FORCED_PER_DAY_FOR_OPERATORS : FORCED_PER_DAY;
    if (today.forced > forcedCap) this.#breach(`${who} forced issue ${today.forced} of the day: over ${forcedCap}`);
  }

  #capFor(byOperator: boolean): number {
    return byOperator ? this.#cap + ISSUES_KEPT_FOR_OPERATORS : this.#cap;
  }

  #checkSpacing({ who, at }: SentIssue): void {
    const sinceMs = at - this.#lastForcedAt;
    if (sinceMs < FORCED_SPACING_MS) this.#breach(`${who} forced an issue ${sinceMs} ms after the last one`);
    this.#lastForcedAt = at;
  }

  #checkRefusals(state: TokenState, at: number): void {
    const stored = state.token?.value;
    if (state.refusedAt !== undefined && stored !== undefined) {
      if (!this.#answeredRefused.has(stored)) this.#breach(`${stored} counts as refused, but no probe of it was`);
      if (!this.#storedRefused.has(stored)) this.#storedRefused.set(stored, at);
    }
    const usable = usableToken(state, 0)?.value;
    if (usable !== undefined && this.#storedRefused.has(usable)) {
      this.#breach(`${usable} is served again after its probe was refused`);
    }
  }
}

/** WeChat's day, told without the code that this is to judge. */
function dayOf(at: number): number {
  return Math.floor((at - DAY_BEGINS_AT_MS) / DAY_MS);
}
