import { nextQuotaDayStart, quotaDay } from '../wechat/quota-day.ts';
import type { CallerLimits } from './caller.ts';

const MINUTE_MS = 60_000;

/** Which of a caller's limits is used up; these are causes of refusals too. */
export type UsedUp = 'minute-limit' | 'day-limit';

/** One minute or day of one caller, and how many calls it has for it. */
export interface LimitWindow {
  /** `DAY#20261120` (in UTC+8) or `MINUTE#2026-11-20T04:00` (in UTC): the same in every environment. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly endsAt: number;
  /** Calls; a whole number from 1. */
  readonly share: number;
  readonly usedUp: UsedUp;
}

/** The windows that a call now is counted in. The longer comes first: when it is used up, the other one need not be asked. */
export function limitWindows({ perMinute, perDay }: CallerLimits, now: number): readonly LimitWindow[] {
  const windows: LimitWindow[] = [];
  if (perDay !== undefined) {
    windows.push({ id: `DAY#${quotaDay(now)}`, endsAt: nextQuotaDayStart(now), share: perDay, usedUp: 'day-limit' });
  }
  if (perMinute !== undefined) {
    const minute = Math.floor(now / MINUTE_MS) * MINUTE_MS;
    const id = `MINUTE#${new Date(minute).toISOString().slice(0, 16)}`;
    windows.push({ id, endsAt: minute + MINUTE_MS, share: perMinute, usedUp: 'minute-limit' });
  }
  return windows;
}
