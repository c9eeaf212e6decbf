import { nextQuotaDayStart, quotaDayStart } from '../wechat/quota-day.ts';
import type { SummedUsage, UsageStore } from './usage-store.ts';

/** So long after a day's end no environment that was frozen in it wakes up to store what it held. */
const SETTLED_AFTER_MS = 86_400_000;

/**
 * The counts of one account and day. What environments have not stored yet is missing: at most 5 s of a busy one's. The first who asks for a day that is
 * over for good reads what every environment has stored, and keeps the sum for all who come after.
 * @param day `YYYYMMDD` in UTC+8
 * @throws the table's error when it does not answer
 */
export async function readUsage(
  store: Pick<UsageStore, 'sum' | 'keptSum' | 'keepSum'>,
  appId: string,
  day: string,
  now: number,
): Promise<SummedUsage> {
  if (!isSettled(day, now)) return store.sum(appId, day);
  const kept = await store.keptSum(appId, day);
  if (kept !== undefined) return kept;
  const summed = await store.sum(appId, day);
  if (summed.environments > 0) await store.keepSum(appId, day, summed);
  return summed;
}

function isSettled(day: string, now: number): boolean {
  const start = quotaDayStart(day);
  return start !== undefined && now >= nextQuotaDayStart(start) + SETTLED_AFTER_MS;
}
