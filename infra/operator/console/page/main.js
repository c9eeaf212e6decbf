import { accountsView } from './accounts.js';
import { alarmsView } from './alarms.js';
import { callersView } from './callers.js';
import { find, h, mark, notRead, show } from './elements.js';
import { quotasView } from './quotas.js';
import { serverIpsView } from './server-ips.js';
import { clockText, count, shortCount } from './texts.js';
import { showUsage } from './usage.js';

/** @import { ConsoleState } from '../console-state.ts' */
/** @import { Part } from '../part.ts' */
/** @import { Child } from './elements.js' */

const LOOK_EVERY_MS = 10_000;
const PATIENCE_MS = 60_000;
/** Before the page's title, for who has it in a tab behind others. */
const TITLE_MARKS = { good: '', idle: '', warning: '▲ ', critical: '✕ ' };
const chosen = /** @type {HTMLSelectElement} */ (find('#chosen-account'));

/** @type {ConsoleState | undefined} */
let latest;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let next;

/** Reads and shows everything, and again later; while the page is hidden it rests. */
async function look() {
  const state = await read();
  clearTimeout(next);
  next = setTimeout(lookIfSeen, LOOK_EVERY_MS);
  if (state === undefined) return showSilence();
  latest = state;
  return showAll();
}

/** @returns {Promise<ConsoleState | undefined>} `undefined` when there was no answer */
async function read() {
  try {
    const answer = await fetch('/state.json', { signal: AbortSignal.timeout(PATIENCE_MS) });
    return answer.ok ? await answer.json() : undefined;
  } catch {
    // Whatever it was, the operator can do one thing, which the page says: look whether the command still runs.
    return undefined;
  }
}

/** Also when the page comes into view again: at once. */
function lookIfSeen() {
  clearTimeout(next);
  if (!document.hidden) void look();
}

function showAll() {
  if (latest === undefined) return;
  const { gateway, readAt, accounts, serverIps, alarms } = latest;
  const now = Date.parse(readAt);
  document.title = `${TITLE_MARKS[latest.verdict.level]}${gateway.name} · WeChat gateway`;
  find('#gateway').textContent = gateway.name;
  const freshness = find('#freshness');
  freshness.className = 'freshness';
  freshness.textContent = `Read at ${clockText(readAt)}, again every 10 s`;
  showVerdict(latest);
  showPart('#accounts', accounts, (value) => [accountsView(value, gateway, now)]);
  showPart('#server-ips', serverIps, (value) => serverIpsView(value, gateway, now));
  showPart('#alarms', alarms, (value) => [alarmsView(value, now)]);
  showCounts(latest, now);
}

/**
 * @template Value
 * @param {string} section
 * @param {Part<Value>} part
 * @param {(value: Value) => readonly Child[]} view
 */
function showPart(section, part, view) {
  show(find(`${section} .body`), ...('value' in part ? view(part.value) : [notRead(part.trouble)]));
}

/** Only what has changed is written: the verdict is read out when it changes. @param {ConsoleState} state */
function showVerdict({ verdict: { level, headline, others } }) {
  const element = find('#verdict');
  const texts = JSON.stringify([level, headline, others]);
  if (element.dataset['shown'] === texts) return;
  element.dataset['shown'] = texts;
  element.className = `verdict ${level}`;
  const list = others.length === 0 ? null : h('ul', {}, ...others.map((text) => h('li', {}, text)));
  show(element, h('p', { class: 'headline' }, mark(level), headline), list);
}

/** @param {ConsoleState} state @param {number} now */
function showCounts({ usage, gateway, accounts }, now) {
  const isRead = 'value' in usage;
  for (const part of ['#calls', '#errors', '#quotas', '#callers', '#figures']) find(part).hidden = !isRead;
  show(find('.trouble-of-usage'), isRead ? null : notRead(usage.trouble));
  if (!isRead) return;
  const { quotas, callers } = usage.value;
  showChoice('value' in accounts ? accounts.value : []);
  showUsage(usage.value, chosen.value);
  show(find('#quotas .body'), ...quotasView(quotas));
  show(find('#callers .body'), callersView(callers, gateway, now));
  showFigures(usage.value);
}

/** @param {readonly { readonly appId: string, readonly displayName: string }[]} accounts */
function showChoice(accounts) {
  const options = [
    { appId: '', displayName: 'All accounts' },
    ...accounts.toSorted((one, other) => one.displayName.localeCompare(other.displayName)),
  ];
  const texts = JSON.stringify(options.map(({ appId, displayName }) => [appId, displayName]));
  // An open list must not be written anew under the hand that chooses.
  if (chosen.dataset['shown'] === texts) return;
  chosen.dataset['shown'] = texts;
  const before = chosen.value;
  chosen.replaceChildren(...options.map(({ appId, displayName }) => h('option', { value: appId }, displayName)));
  chosen.value = options.some(({ appId }) => appId === before) ? before : '';
}

/** @param {import('../console-state.ts').ShownUsage} usage */
function showFigures({ hours, quotas, callers }) {
  const all = hours.accounts.flatMap((account) => account.hours);
  /** @param {'calls' | 'errors' | 'refused'} name */
  const sum = (name) => all.reduce((value, hour) => value + hour[name], 0);
  const calls = sum('calls');
  const [fullest] = quotas;
  const busy = callers.filter((caller) => caller.calls > 0).length;
  const figures = [
    ['Calls, 24 h', shortCount(calls)],
    ['Errors', calls === 0 ? '–' : `${((sum('errors') / calls) * 100).toFixed(1)} %`],
    ['Refused', shortCount(sum('refused'))],
    ['Fullest quota', fullest === undefined ? '–' : `${Math.floor(fullest.usedPercent)} %`],
    ['Callers today', `${count(busy)} of ${count(callers.length)}`],
  ];
  show(find('#figures'), ...figures.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))));
}

function showSilence() {
  const freshness = find('#freshness');
  freshness.className = 'freshness silent';
  const since = latest === undefined ? '' : ` What is shown is from ${clockText(latest.readAt)}.`;
  show(freshness, mark('warning'), `The console does not answer: is its command still running?${since}`);
}

document.addEventListener('visibilitychange', lookIfSeen);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', showAll);
chosen.addEventListener('change', showAll);
await look();
