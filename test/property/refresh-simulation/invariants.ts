import { fingerprintOf } from '#shared/access-token/access-token.ts';
import { tokenStateOf } from '#shared/access-token/token-item.dynamodb.ts';
import { usableToken } from '#shared/access-token/token-state.ts';
import { type Item, optionalNumberOf } from '#shared/table/attributes.dynamodb.ts';

/** What must hold whatever happens. Looks on and notes every breach. */
export class Invariants {
  readonly breaches: string[] = [];
  readonly #cap: number;
  readonly #note: (line: string) => void;
  #inFlight = 0;
  #sent: number;
  readonly #answeredRefused = new Set<string>();
  readonly #storedRefused = new Set<string>();
  readonly #counted = new Map<string, number>();

  /** @param counted the issues that were counted before the schedule began */
  constructor(cap: number, counted: number, note: (line: string) => void) {
    this.#cap = cap;
    this.#sent = counted;
    this.#note = note;
  }

  /** An issue call goes out. Returns what to call when it has ended: answered, cut off, or past its deadline. */
  issueSent(who: string): () => void {
    this.#sent += 1;
    this.#inFlight += 1;
    if (this.#inFlight > 1) this.#breach(`${who} sent an issue call while another one was in flight`);
    const counted = [...this.#counted.values()].reduce((sum, issues) => sum + issues, 0);
    if (this.#sent > counted) this.#breach(`${who} sent issue call ${this.#sent}, but only ${counted} are counted`);
    let open = true;
    return () => {
      if (open) this.#inFlight -= 1;
      open = false;
    };
  }

  /** WeChat answered a probe of this token with a refusal. */
  probeRefused(token: string): void {
    this.#answeredRefused.add(fingerprintOf(token));
  }

  /** A write was won. */
  wrote(before: Item | undefined, after: Item): void {
    for (const attribute of ['tokenVersion', 'receivedAt']) {
      const [from, to] = [before && optionalNumberOf(before, attribute), optionalNumberOf(after, attribute)];
      if (from !== undefined && (to === undefined || to < from))
        this.#breach(`${attribute} went from ${from} to ${to}`);
    }
    const state = tokenStateOf(after);
    this.#checkCounters(state.issued);
    this.#checkRefusals(state.token?.fingerprint, state.refusedAt, usableToken(state, 0)?.fingerprint);
  }

  #checkCounters(issued: Readonly<Record<string, number>>): void {
    for (const [day, issues] of Object.entries(issued)) {
      this.#counted.set(day, Math.max(issues, this.#counted.get(day) ?? 0));
      if (issues > this.#cap) this.#breach(`${issues} issues are counted on ${day}, over the cap of ${this.#cap}`);
    }
  }

  #checkRefusals(stored: string | undefined, refusedAt: number | undefined, usable: string | undefined): void {
    if (refusedAt !== undefined && stored !== undefined) {
      if (!this.#answeredRefused.has(stored)) this.#breach(`${stored} counts as refused, but no probe of it was`);
      this.#storedRefused.add(stored);
    }
    if (usable !== undefined && this.#storedRefused.has(usable)) {
      this.#breach(`${usable} is served again after its probe was refused`);
    }
  }

  #breach(what: string): void {
    this.breaches.push(what);
    this.#note(`BREACH ${what}`);
  }
}
