import { h, mark, nothing, table } from './elements.js';
import { ago, durationText, momentText } from './texts.js';

/** @import { ConsoleState } from '../console-state.ts' */
/** @import { AccountCondition, ShownAccount } from '../account-list.ts' */

/** What the platform issues tokens for. */
const WHOLE_LIFE_MS = 7_200_000;
/** The schedule's own pace. */
const A_MOMENT_MS = 60_000;
/** @type {Readonly<Record<AccountCondition, readonly [level: 'good' | 'warning' | 'critical' | 'off', word: string]>>} */
const CONDITIONS = {
  dead: ['critical', 'No token'],
  overdue: ['critical', 'Overdue'],
  failing: ['warning', 'Failing'],
  alive: ['good', 'Alive'],
  disabled: ['off', 'Disabled'],
};
const COLUMNS = ['State', 'Account', 'Token life', 'Last refresh', 'Next due', 'Last failure'];

/**
 * How the accounts stand, in the order given.
 * @param {readonly ShownAccount[]} accounts
 * @param {ConsoleState['gateway']} gateway
 * @param {number} now epoch milliseconds
 */
export function accountsView(accounts, gateway, now) {
  if (accounts.length === 0) {
    const command = `${gateway.commandLine} account add <appId> --name <name>`;
    return nothing('No account yet. Add one, then store its app secret with “account set-secret”:', command);
  }
  const rows = accounts.map((account) => ({ class: `condition-${account.condition}`, cells: cellsOf(account, now) }));
  return table(
    'Accounts, the worst first',
    COLUMNS.map((title) => ({ title })),
    rows,
  );
}

/** @param {ShownAccount} account @param {number} now */
function cellsOf(account, now) {
  const { condition, lastRefreshAt, nextDueAt } = account;
  const [level, word] = CONDITIONS[condition];
  return [
    h('span', { class: `state ${level}` }, mark(level), word),
    nameOf(account),
    tokenLife(account, now),
    lastRefreshAt === null ? 'never' : ago(lastRefreshAt, now),
    condition === 'disabled' || nextDueAt === null ? null : dueIn(nextDueAt, now),
    failureOf(account, now),
  ];
}

/** @param {ShownAccount} account */
function nameOf({ displayName, appId, mode, testAccount }) {
  const remarks = [mode === 'classic' ? 'classic token' : '', testAccount ? 'test account' : ''].filter(Boolean);
  return h(
    'div',
    { class: 'named' },
    h('strong', {}, displayName),
    h('span', { class: 'id' }, appId),
    remarks.length === 0 ? null : h('span', { class: 'remark' }, remarks.join(', ')),
  );
}

/** @param {ShownAccount} account @param {number} now */
function tokenLife({ expiresAt }, now) {
  const left = expiresAt === null ? 0 : Date.parse(expiresAt) - now;
  if (left <= 0) return 'none';
  const bar = h('span', { class: 'life', 'aria-hidden': 'true' }, h('span'));
  bar.style.setProperty('--part', `${Math.min(100, (left / WHOLE_LIFE_MS) * 100)}%`);
  return h('div', { class: 'token' }, h('span', {}, durationText(left)), bar);
}

/** @param {string} iso @param {number} now */
function dueIn(iso, now) {
  const left = Date.parse(iso) - now;
  const text = left > 0 ? `in ${durationText(left)}` : left > -A_MOMENT_MS ? 'now' : `${durationText(-left)} ago`;
  return h('time', { datetime: iso, title: momentText(iso) }, text);
}

/** @param {ShownAccount} account @param {number} now */
function failureOf({ failure }, now) {
  if (failure === null) return null;
  const { errcode, cause, meaning, meaningZh, advice, adviceZh, at, resolved, rid, egressAddress } = failure;
  const what = errcode === null ? cause : `errcode ${errcode}`;
  if (resolved) return h('span', { class: 'muted' }, what, ', ', ago(at, now), ', over');
  const details = [rid === null ? '' : `rid ${rid}`, egressAddress === null ? '' : `address ${egressAddress}`];
  return h(
    'div',
    { class: 'failure' },
    h('p', {}, h('strong', {}, what), meaning === null ? '' : `: ${meaning}`, ' · ', ago(at, now)),
    h('p', {}, advice),
    adviceZh === null ? null : h('p', { lang: 'zh-CN' }, `${meaningZh ?? ''}。${adviceZh}`),
    details.some(Boolean) ? h('p', { class: 'id' }, details.filter(Boolean).join(' · ')) : null,
  );
}
