import { h, mark, nothing, unfolding } from './elements.js';
import { count, hourText, plural } from './texts.js';

/** @import { ShownQuota } from '../quota-bars.ts' */

const SHOWN_AT_ONCE = 10;
const WARNING_PERCENT = 80;
const CRITICAL_PERCENT = 95;
const SOURCES = { operator: 'as entered', wechat: 'as WeChat told', documentation: 'as documented' };

/**
 * How far quotas are used, in the order given.
 * @param {readonly ShownQuota[]} quotas
 */
export function quotasView(quotas) {
  if (quotas.length === 0) return [nothing('No call of today touches a quota that is known.')];
  const rest = quotas.slice(SHOWN_AT_ONCE);
  return [
    keyTo(quotas),
    list(quotas.slice(0, SHOWN_AT_ONCE)),
    rest.length === 0 ? null : unfolding('more quotas', `${plural(rest.length, 'more quota')}, less used`, list(rest)),
  ];
}

/** What the bars are made of, as far as they are. @param {readonly ShownQuota[]} quotas */
function keyTo(quotas) {
  const entries = [
    ['own', 'through the gateway'],
    ...(quotas.some(({ others }) => others > 0) ? [['others', 'by other systems']] : []),
    ...(quotas.some(({ sharedPercent }) => sharedPercent !== null) ? [['reserve', 'here the reserve begins']] : []),
  ];
  const swatches = entries.map(([kind, text]) => h('span', {}, h('span', { class: `swatch ${kind}` }), text));
  return h('p', { class: 'key' }, ...swatches, h('span', {}, 'Forecasts go by the calls of the last hour.'));
}

/** @param {readonly ShownQuota[]} quotas */
function list(quotas) {
  return h('ul', { class: 'quotas' }, ...quotas.map(barOf));
}

/** @param {ShownQuota} shown */
function barOf(shown) {
  const { displayName, endpoint, calls, others, quota, usedPercent, sharedPercent, source } = shown;
  const used = percentText(usedPercent);
  const figures = `${count(calls + others)} of ${count(quota)} calls, ${SOURCES[source]}`;
  const elsewhere = others === 0 ? '' : `; ${count(others)} by other systems`;
  const level = levelOf(shown);
  const bar = h(
    'div',
    {
      class: `quota-bar ${level}`,
      role: 'meter',
      'aria-label': `${endpoint} of ${displayName}`,
      'aria-valuemin': '0',
      'aria-valuemax': '100',
      'aria-valuenow': String(Math.min(100, Math.round(usedPercent))),
      'aria-valuetext': `${used}, ${figures}${elsewhere}`,
    },
    h('span', { class: 'own' }),
    h('span', { class: 'others' }),
    sharedPercent === null ? null : h('span', { class: 'reserve' }),
  );
  const whole = Math.max(quota, calls + others);
  bar.style.setProperty('--own', `${(calls / whole) * 100}%`);
  bar.style.setProperty('--others', `${(others / whole) * 100}%`);
  bar.style.setProperty('--shared', `${sharedPercent ?? 100}%`);
  return h(
    'li',
    {},
    h('div', { class: 'named' }, h('span', { class: 'id' }, endpoint), h('span', {}, displayName)),
    bar,
    h('p', { class: 'used' }, h('strong', {}, used), h('span', { class: 'muted' }, `${figures}${elsewhere}`)),
    forecastOf(shown, level),
  );
}

/** @param {ShownQuota} shown @returns {'good' | 'warning' | 'critical'} */
function levelOf({ usedPercent, forecast }) {
  if (forecast.kind === 'used-up' || usedPercent >= CRITICAL_PERCENT) return 'critical';
  return forecast.kind === 'ends' || usedPercent >= WARNING_PERCENT ? 'warning' : 'good';
}

/** @param {ShownQuota} shown @param {'good' | 'warning' | 'critical'} level */
function forecastOf({ forecast }, level) {
  const text =
    forecast.kind === 'ends'
      ? `Ends about ${hourText(forecast.at)}`
      : forecast.kind === 'used-up'
        ? 'Used up until midnight'
        : 'Lasts the day';
  return h('p', { class: `state ${level}` }, mark(level), text);
}

/** @param {number} percent */
function percentText(percent) {
  if (percent === 0) return '0 %';
  if (percent < 0.1) return '< 0.1 %';
  return `${percent < 10 ? percent.toFixed(1) : Math.floor(percent)} %`;
}
