const CHINA_OFFSET_MS = 8 * 3_600_000;
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** The calendar day (`2026-11-20`) of an epoch-millisecond time in UTC+8, where WeChat's daily counters turn over. */
export function chinaDay(epochMs: number): string {
  return new Date(epochMs + CHINA_OFFSET_MS).toISOString().slice(0, 10);
}

/** The calendar month (`2026-11`) in UTC+8, for the monthly counters of the quota-clearing calls. */
export function chinaMonth(epochMs: number): string {
  return new Date(epochMs + CHINA_OFFSET_MS).toISOString().slice(0, 7);
}

/** The minute number, for per-minute limits. */
export function minute(epochMs: number): string {
  return String(Math.floor(epochMs / MINUTE_MS));
}

/** Epoch seconds, as WeChat writes times on the wire. */
export function epochSeconds(epochMs: number): number {
  return Math.floor(epochMs / SECOND_MS);
}
