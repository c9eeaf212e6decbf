import { h, mark, nothing, table } from './elements.js';
import { count, hourAgo, plural } from './texts.js';

/** @import { ConsoleState } from '../console-state.ts' */
/** @import { ShownCaller } from '../caller-list.ts' */

const COLUMNS = [
  { title: 'Caller' },
  { title: 'May use' },
  { title: 'Credentials' },
  { title: 'Last used' },
  { title: 'Calls today', numeric: true },
  { title: 'Errors', numeric: true },
  { title: 'Refused', numeric: true },
];

/**
 * The callers, in the order given.
 * @param {readonly ShownCaller[]} callers
 * @param {ConsoleState['gateway']} gateway
 * @param {number} now epoch milliseconds
 */
export function callersView(callers, gateway, now) {
  if (callers.length === 0) {
    return nothing('No caller yet: nobody can use the gateway. Add one:', `${gateway.commandLine} caller add --help`);
  }
  return table(
    'Callers, who calls most first',
    COLUMNS,
    callers.map((caller) => ({ cells: cellsOf(caller, now) })),
  );
}

/** @param {ShownCaller} caller @param {number} now */
function cellsOf({ callerId, name, disabled, accounts, activeKeys, roles, lastUsedHour, calls, errors, refused }, now) {
  const off = disabled ? h('span', { class: 'state off' }, mark('off'), 'Disabled') : null;
  const credentials = [plural(activeKeys, 'key'), roles === 0 ? '' : plural(roles, 'role')];
  return [
    h('div', { class: 'named' }, h('strong', {}, name), h('span', { class: 'id' }, callerId), off),
    accounts.length === 1 ? h('span', { class: 'id' }, accounts[0]) : plural(accounts.length, 'account'),
    credentials.filter(Boolean).join(', '),
    lastUsedHour === null ? 'never' : hourAgo(lastUsedHour, now),
    count(calls),
    count(errors),
    count(refused),
  ];
}
