import type { CountsByName, HourUsage } from '#shared/usage/day-usage.ts';
import { quotaDay, quotaDayStart, quotaHour } from '#shared/wechat/quota-day.ts';
import type { AccountUsage } from './account-usage.ts';

const HOUR_MS = 3_600_000;
const HOURS = 24;

/** One hour of an account, all callers together. */
export interface ShownHour {
  readonly calls: number;
  readonly errors: number;
  readonly refused: number;
  readonly errcodes: CountsByName;
}

/** The hours of the charts. */
export interface ShownHours {
  /** When each hour begins, the earliest first; the last one is not over. */
  readonly starts: readonly string[];
  /** By account, one per hour of `starts`; accounts without a call are absent. */
  readonly accounts: readonly { readonly appId: string; readonly hours: readonly ShownHour[] }[];
}

const NOTHING: ShownHour = { calls: 0, errors: 0, refused: 0, errcodes: {} };

/** The last 24 hours, the present one included: they lie in today and yesterday. */
export function shownHours(usages: readonly AccountUsage[], now: number): ShownHours {
  const present = Math.floor(now / HOUR_MS) * HOUR_MS;
  const starts = Array.from({ length: HOURS }, (_, index) => present - (HOURS - 1 - index) * HOUR_MS);
  const today = quotaDayStart(quotaDay(now)) ?? present;
  const accounts = usages.map((usage) => ({
    appId: usage.account.appId,
    hours: starts.map((start) => shownHour((start < today ? usage.yesterday : usage.today).hours[quotaHour(start)])),
  }));
  return {
    starts: starts.map((start) => new Date(start).toISOString()),
    accounts: accounts.filter(({ hours }) => hours.some(({ calls, refused }) => calls + refused > 0)),
  };
}

function shownHour(hour: HourUsage | undefined): ShownHour {
  if (hour === undefined) return NOTHING;
  const { calls, errors, refused, errcodes } = hour;
  return { calls, errors, refused, errcodes };
}
