import { h, mark, nothing } from './elements.js';
import { ago } from './texts.js';

/** @import { ShownAlarm } from '../alarm-list.ts' */

/**
 * The alarms that are on and those that went off within a day, in the order given.
 * @param {readonly ShownAlarm[] | null} alarms `null` in the local run
 * @param {number} now epoch milliseconds
 */
export function alarmsView(alarms, now) {
  if (alarms === null) return nothing('The local run has no alarms. A stage on AWS has, in CloudWatch.');
  if (alarms.length === 0) return nothing('No alarm is on, and none was within a day.');
  return h('ul', { class: 'alarms' }, ...alarms.map((alarm) => alarmOf(alarm, now)));
}

/** @param {ShownAlarm} alarm @param {number} now */
function alarmOf({ title, severity, state, since, reason, advice, runbook }, now) {
  const level = state === 'off' ? 'off' : severity;
  const word = state === 'off' ? 'Over' : severity === 'critical' ? 'Critical' : 'Warning';
  const isOn = state === 'on';
  return h(
    'li',
    { class: `alarm ${level}` },
    h(
      'p',
      { class: 'what' },
      h('span', { class: `state ${level}` }, mark(level), word),
      h('strong', {}, title),
      h('span', { class: 'muted' }, isOn ? 'since ' : 'went off ', ago(since, now)),
    ),
    isOn ? adviceOf('Look: ', advice?.look) : null,
    isOn ? adviceOf('Do: ', advice?.action) : null,
    isOn ? h('p', { class: 'muted' }, reason) : null,
    isOn ? h('p', { class: 'id' }, runbook) : null,
  );
}

/** @param {string} label @param {string | null | undefined} text */
function adviceOf(label, text) {
  return text ? h('p', {}, h('b', {}, label), text) : null;
}
