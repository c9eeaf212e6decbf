import { Refusal } from '../api-call/refusal.ts';
import { USAGE_KEPT_DAYS } from '../usage/usage-store.ts';
import { quotaDay, quotaDayStart } from '../wechat/quota-day.ts';

const MOST_DAYS = 31;

/**
 * The days that a query asks for, `YYYYMMDD` in UTC+8, the latest first: `date=YYYY-MM-DD` one day of those that are kept, `days=N` today and the
 * N - 1 before, today without either.
 * @throws {Refusal} `malformed-usage-query`
 */
export function usagePeriod(query: string, now: number): readonly string[] {
  const parameters = new URLSearchParams(query);
  const dates = parameters.getAll('date');
  const counts = parameters.getAll('days');
  if (dates.length + counts.length > 1) throw new Refusal('malformed-usage-query');
  const [date] = dates;
  if (date !== undefined) return [keptDay(date, now)];
  return Array.from({ length: countOf(counts[0] ?? '1') }, (_, ago) => quotaDay(now, -ago));
}

/** A day as people write it. */
export function dateText(day: string): string {
  return `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
}

function keptDay(date: string, now: number): string {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(date) ? date.replaceAll('-', '') : '';
  const isKept = quotaDayStart(day) !== undefined && day <= quotaDay(now) && day >= quotaDay(now, -USAGE_KEPT_DAYS);
  if (!isKept) throw new Refusal('malformed-usage-query');
  return day;
}

function countOf(text: string): number {
  const count = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > MOST_DAYS) throw new Refusal('malformed-usage-query');
  return count;
}
