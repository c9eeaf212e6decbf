const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const UTC8_OFFSET_MS = 8 * HOUR_MS;

/** The day asked for last: every call asks for the same. */
let lastAsked = { number: Number.NaN, text: '' };

/** The day by which WeChat counts quotas, `YYYYMMDD` in UTC+8. `offset` whole days away from the one that `now` is in. */
export function quotaDay(now: number, offset = 0): string {
  const number = Math.floor((now + UTC8_OFFSET_MS) / DAY_MS) + offset;
  if (number !== lastAsked.number) {
    lastAsked = { number, text: new Date(number * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '') };
  }
  return lastAsked.text;
}

/** When the next quota day begins, epoch milliseconds. */
export function nextQuotaDayStart(now: number): number {
  return (Math.floor((now + UTC8_OFFSET_MS) / DAY_MS) + 1) * DAY_MS - UTC8_OFFSET_MS;
}

/** When the quota day `YYYYMMDD` begins, epoch milliseconds; `undefined` for a day that no calendar has. */
export function quotaDayStart(day: string): number | undefined {
  const [, year = '', month = '', date = ''] = /^(\d{4})(\d{2})(\d{2})$/.exec(day) ?? [];
  const start = Date.parse(`${year}-${month}-${date}T00:00:00.000Z`) - UTC8_OFFSET_MS;
  // JavaScript takes the 30th of February for the 2nd of March.
  return Number.isNaN(start) || quotaDay(start) !== day ? undefined : start;
}

/** The hour of its quota day that `now` is in, 0 to 23. */
export function quotaHour(now: number): number {
  return Math.floor((now + UTC8_OFFSET_MS) / HOUR_MS) % 24;
}
