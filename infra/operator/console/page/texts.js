import { h } from './elements.js';

/** WeChat's days are those of UTC+8, wherever this browser is. */
const TIME_ZONE = 'Asia/Shanghai';
const CLOCK = new Intl.DateTimeFormat('en-GB', { timeZone: TIME_ZONE, timeStyle: 'medium', hourCycle: 'h23' });
const HOUR_AND_MINUTE = new Intl.DateTimeFormat('en-GB', {
  timeZone: TIME_ZONE,
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const DAY = new Intl.DateTimeFormat('en-GB', { timeZone: TIME_ZONE, day: 'numeric', month: 'short', year: 'numeric' });
const COUNT = new Intl.NumberFormat('en-GB');
const SHORT_COUNT = new Intl.NumberFormat('en-GB', { notation: 'compact', maximumFractionDigits: 1 });
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** @param {number} value */
export const count = (value) => COUNT.format(value);
/** @param {number} value */
export const shortCount = (value) => SHORT_COUNT.format(value);
/** `14:05:09` @param {string} iso */
export const clockText = (iso) => CLOCK.format(new Date(iso));
/** `14:05` @param {string | number} moment ISO 8601 or epoch milliseconds */
export const hourText = (moment) => HOUR_AND_MINUTE.format(new Date(moment));

/**
 * A span of time in its two largest units.
 * @param {number} durationMs
 */
export function durationText(durationMs) {
  const minutes = Math.floor(Math.max(0, durationMs) / MINUTE_MS);
  if (minutes < 1) return `${Math.floor(Math.max(0, durationMs) / 1000)} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days`;
}

/**
 * How long ago, with the moment itself on hover and for programs.
 * @param {string} iso
 * @param {number} now epoch milliseconds
 */
export function ago(iso, now) {
  const passed = now - Date.parse(iso);
  const text = passed < 10_000 ? 'just now' : `${durationText(passed)} ago`;
  return h('time', { datetime: iso, title: momentText(iso) }, text);
}

/**
 * Day and time.
 * @param {string} iso
 */
export function momentText(iso) {
  return `${DAY.format(new Date(iso))}, ${clockText(iso)}`;
}

/**
 * The hour in which something was, to which alone it is known.
 * @param {string} iso the hour's beginning
 * @param {number} now epoch milliseconds
 */
export function hourAgo(iso, now) {
  const passed = now - Date.parse(iso);
  const text =
    passed < HOUR_MS
      ? 'this hour'
      : passed < DAY_MS
        ? `${Math.floor(passed / HOUR_MS)} h ago`
        : DAY.format(new Date(iso));
  return h('time', { datetime: iso, title: `in the hour from ${momentText(iso)}` }, text);
}

/** `1 account`, `2 accounts` @param {number} value @param {string} one @param {string} [many] */
export function plural(value, one, many = `${one}s`) {
  return `${count(value)} ${value === 1 ? one : many}`;
}
