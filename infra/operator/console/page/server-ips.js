import { h, mark, nothing, unfolding } from './elements.js';
import { ago, momentText, plural } from './texts.js';

/** @import { ConsoleState } from '../console-state.ts' */
/** @import { ShownServerIpList } from '../server-ip-lists.ts' */

const TITLES = {
  callback: ['Callback IPs', 'WeChat calls us from these'],
  'api-domain': ['API domain IPs', 'we call WeChat at these'],
};
const REASONS = { first: 'seen first', observed: 'seen', confirmed: 'seen on three days', approved: 'approved' };

/**
 * How WeChat's lists stand, with their last change.
 * @param {readonly ShownServerIpList[]} lists
 * @param {ConsoleState['gateway']} gateway
 * @param {number} now epoch milliseconds
 */
export function serverIpsView(lists, gateway, now) {
  if (lists.every(({ version, checkedAt }) => version === 0 && checkedAt === null)) {
    return [
      nothing('Not fetched yet: on AWS that is done every morning. To do it now:', `${gateway.commandLine} ips sync`),
    ];
  }
  return lists.map((list) => listOf(list, gateway, now));
}

/** @param {ShownServerIpList} shown @param {ConsoleState['gateway']} gateway @param {number} now */
function listOf(shown, gateway, now) {
  const { list, version, ranges, checkedAt, appliedAt, reason } = shown;
  const [title, meaning] = TITLES[list];
  const applied =
    appliedAt === null || reason === null
      ? 'Nothing is applied yet'
      : `Version ${version}, ${plural(ranges, 'range')}, ${REASONS[reason]}`;
  return h(
    'article',
    { class: 'ip-list' },
    h('h3', {}, title, h('span', { class: 'muted' }, meaning)),
    h('p', {}, applied),
    appliedAt === null ? null : changeOf(shown, appliedAt),
    h('p', { class: 'muted' }, 'Checked ', checkedAt === null ? 'never' : ago(checkedAt, now)),
    ...troubles(shown, gateway),
  );
}

/** @param {ShownServerIpList} shown @param {string} appliedAt */
function changeOf({ list, added, removed }, appliedAt) {
  const lines = [...added.map((range) => `+ ${range}`), ...removed.map((range) => `− ${range}`)];
  const summary = `Last change ${momentText(appliedAt)}: ${added.length} added, ${removed.length} removed`;
  return unfolding(`change of ${list}`, summary, h('pre', { tabindex: '0' }, lines.join('\n') || 'no difference'));
}

/** @param {ShownServerIpList} shown @param {ConsoleState['gateway']} gateway */
function troubles({ list, pendingSince, refused }, gateway) {
  const pending =
    pendingSince === null
      ? null
      : `Waits since ${momentText(pendingSince)}: over half of the addresses are gone. Look, then approve:`;
  return [
    pending === null ? null : h('p', { class: 'note' }, mark('warning'), pending),
    pending === null ? null : h('code', { class: 'command' }, `${gateway.commandLine} ips diff ${list}`),
    refused === null
      ? null
      : h('p', { class: 'note' }, mark('warning'), `The latest list was refused, ${refused.reason}: `, refused.text),
  ];
}
