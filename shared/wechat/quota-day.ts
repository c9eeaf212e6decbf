const DAY_MS = 86_400_000;
const UTC8_OFFSET_MS = 8 * 3_600_000;

/** The day by which WeChat counts quotas, `YYYYMMDD` in UTC+8. `offset` whole days away from the one that `now` is in. */
export function quotaDay(now: number, offset = 0): string {
  return new Date(now + UTC8_OFFSET_MS + offset * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '');
}

/** When the next quota day begins, epoch milliseconds. */
export function nextQuotaDayStart(now: number): number {
  return (Math.floor((now + UTC8_OFFSET_MS) / DAY_MS) + 1) * DAY_MS - UTC8_OFFSET_MS;
}
