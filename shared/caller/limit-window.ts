import { nextQuotaDayStart, quotaDay } from '../wechat/quota-day.ts';
import type { CallerLimits } from './caller.ts';

const MINUTE_MS = 60_000;

/** Which limit is used up: the caller's own, its share of an endpoint, or what of an endpoint's quota is open to all. These are causes of refusals too. */
export type UsedUp = 'minute-limit' | 'day-limit' | 'endpoint-share' | 'endpoint-reserve';

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

/** A window of one endpoint. */
export interface EndpointWindow extends LimitWindow {
  /** Under whose name it is stored: a caller's id or an app ID. */
  readonly owner: string;
  /** Tells the windows of one owner apart that follow each other from those that stand side by side. */
  readonly of: string;
  /** What blocks are sized by, where `share` is no real limit. */
  readonly blocksOf?: number;
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
