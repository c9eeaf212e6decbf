import type { Clock } from '../clock.ts';
import { quotaDay, quotaHour } from '../wechat/quota-day.ts';
import { NO_ANSWER } from './day-usage.ts';
import { endpointName } from './endpoint-name.ts';
import type { UsageStore } from './usage-store.ts';
import { type Addition, createUsageTally, type UsageTally } from './usage-tally.ts';

const FLUSH_AFTER_MS = 5_000;
const MAX_DAYS = 1_000;

/** Whose call it was. */
export interface CountedName {
  readonly appId: string;
  readonly callerId: string;
  readonly path: string;
}

/** One request that went up to WeChat, and what came back. */
export interface CountedCall extends CountedName {
  readonly requestBytes: number;
  /** `undefined` when WeChat gave no whole answer. */
  readonly answer:
    | { readonly status: number; readonly errcode: number | undefined; readonly bytes: number }
    | undefined;
}

/** Counts what goes up to WeChat and what the gateway refuses, by WeChat's day, account, caller and endpoint. */
export interface UsageRecorder {
  /** Counts one request that went up. */
  count(call: CountedCall): void;
  /** Counts one call that the gateway answered with a refusal of this cause. */
  refuse(refused: CountedName & { readonly cause: string }): void;
  /**
   * Stores what has been counted, once the oldest of it has waited for 5 s; until then it does nothing. To be run beside the next call: a frozen
   * environment has no timers. Never rejects: no call fails for this, and what could not be stored is stored with the next. `undefined` when there is
   * nothing to wait for.
   */
  flush(): Promise<void> | undefined;
}

/** What the recorder needs. */
export interface UsageRecorderDependencies {
  readonly store: Pick<UsageStore, 'put'>;
  readonly clock: Pick<Clock, 'now'>;
  /** A name that no other environment has: letters and digits. */
  readonly newName: () => string;
  /** Told after an account's counts were stored, beside the same call; never rejects. */
  readonly onFlushed: (appId: string) => Promise<void>;
  /** Told of every write that failed. */
  readonly onError: (appId: string, error: unknown) => void;
}

/** One account's day as this environment counts it. */
interface CountedDay {
  readonly appId: string;
  readonly day: string;
  readonly countedBy: string;
  readonly tally: UsageTally;
  sequence: number;
  isStored: boolean;
}

/**
 * One environment's counts. Each account and day is one item of this environment's own that holds all it has counted since it began, so that a flush whose
 * answer was lost can be repeated. Holds the 1,000 accounts' days that were counted last.
 */
export function createUsageRecorder(dependencies: UsageRecorderDependencies): UsageRecorder {
  const { store, clock, newName, onFlushed, onError } = dependencies;
  // In order of their last count, the longest uncounted first.
  const days = new Map<string, CountedDay>();
  let waitingSince: number | undefined;
  let flight: Promise<void> | undefined;

  function dayOf(appId: string, day: string): CountedDay {
    const key = `${day} ${appId}`;
    const counted = days.get(key) ?? newDay(appId, day, newName());
    days.delete(key);
    days.set(key, counted);
    return counted;
  }

  function add(appId: string, now: number, addition: Addition): void {
    const counted = dayOf(appId, quotaDay(now));
    counted.tally.add(addition);
    counted.isStored = false;
    waitingSince ??= now;
  }

  async function storeDay(counted: CountedDay): Promise<void> {
    const { appId, day, countedBy, tally } = counted;
    counted.isStored = true;
    counted.sequence += 1;
    try {
      await store.put({ appId, day, countedBy, sequence: counted.sequence, usage: tally.usage() });
    } catch (error) {
      // A call is worth more than its count, which waits for the next flush.
      counted.isStored = false;
      waitingSince ??= clock.now();
      onError(appId, error);
      return;
    }
    await onFlushed(appId);
  }

  function forgetStored(): void {
    const today = quotaDay(clock.now());
    for (const [key, { day, isStored }] of days) {
      if (isStored && (day < today || days.size > MAX_DAYS)) days.delete(key);
    }
  }

  async function storeAll(): Promise<void> {
    waitingSince = undefined;
    await Promise.all([...days.values()].filter(({ isStored }) => !isStored).map(storeDay));
    forgetStored();
  }

  const isDue = (now: number): boolean =>
    waitingSince !== undefined && (now >= waitingSince + FLUSH_AFTER_MS || now < waitingSince);

  return {
    count({ appId, callerId, path, requestBytes, answer }) {
      const now = clock.now();
      const error = errorOf(answer);
      add(appId, now, {
        hour: quotaHour(now),
        caller: callerId,
        endpoint: endpointName(path),
        calls: 1,
        errors: error === undefined ? 0 : 1,
        refused: 0,
        requestBytes,
        answerBytes: answer?.bytes ?? 0,
        errcodes: error === undefined ? NONE : { [error]: 1 },
        refusals: NONE,
      });
    },
    refuse({ appId, callerId, path, cause }) {
      const now = clock.now();
      add(appId, now, {
        hour: quotaHour(now),
        caller: callerId,
        endpoint: endpointName(path),
        ...NO_CALL,
        refused: 1,
        errcodes: NONE,
        refusals: { [cause]: 1 },
      });
    },
    flush() {
      if (flight !== undefined || !isDue(clock.now())) return undefined;
      flight = storeAll().finally(() => {
        flight = undefined;
      });
      return flight;
    },
  };
}

const NONE = {};
const NO_CALL = { calls: 0, errors: 0, requestBytes: 0, answerBytes: 0 };

function newDay(appId: string, day: string, countedBy: string): CountedDay {
  return { appId, day, countedBy, tally: createUsageTally(), sequence: 0, isStored: true };
}

function errorOf(answer: CountedCall['answer']): string | undefined {
  if (answer === undefined) return NO_ANSWER;
  const { status, errcode } = answer;
  if (errcode !== undefined) return errcode === 0 ? undefined : String(errcode);
  return status >= 400 ? `http-${status}` : undefined;
}
