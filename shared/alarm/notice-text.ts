import { errcodeEntry } from '../wechat/errcode.ts';
import type { Alarm } from './alarm.ts';
import type { AlarmChange } from './alarm-change.ts';
import type { FoundTrace, LogLine } from './trace-reader.ts';

/** A message to people. */
export interface Notice {
  /** At most 100 characters of ASCII, as SNS wants it for e-mail. */
  readonly subject: string;
  readonly text: string;
}

/** What a notice is made of. */
export interface NoticeContent {
  readonly stage: string;
  readonly alarm: Alarm;
  readonly change: AlarmChange;
  /** `undefined` when the logs could not be read. */
  readonly trace: FoundTrace | undefined;
  /** What people call the accounts, by app ID. */
  readonly displayNames: ReadonlyMap<string, string>;
  /** Where the runbook is: an address or a path, without anchor. */
  readonly runbook: string;
}

const LONGEST_SUBJECT = 100;
const MOST_GROUPS = 10;
/** What of an example is shown, in this order: nothing else of a log line leaves the logs. */
const EXAMPLE_FIELDS = [
  'rid',
  'egressAddress',
  'caller',
  'path',
  'origin',
  'list',
  'firewall',
  'cause',
  'failureCause',
] as const;
const EXAMPLE_NAMES: Readonly<Record<string, string>> = { egressAddress: 'egress address', failureCause: 'cause' };

/** The notice of an alarm that went on: what, which accounts, since when, how often, an example, what to do now. */
export function alarmNotice(content: NoticeContent): Notice {
  const { stage, alarm, change, runbook } = content;
  const head = [`${alarm.severity.toUpperCase()}: ${alarm.title}`, `Stage ${stage}, since ${timeText(change.at)}.`];
  return {
    subject: subjectOf(`[${alarm.severity}] WeChat gateway ${stage}: ${alarm.title}`),
    text: [...head, '', ...whatHappened(content), '', `What to do: ${runbook}#${alarm.section}`, ''].join('\n'),
  };
}

/** The notice of an alarm that went off. */
export function recoveryNotice({ stage, alarm, change }: Pick<NoticeContent, 'stage' | 'alarm' | 'change'>): Notice {
  return {
    subject: subjectOf(`[over] WeChat gateway ${stage}: ${alarm.title}`),
    text: `Over since ${timeText(change.at)}, stage ${stage}: ${alarm.title}\n`,
  };
}

/** The accounts in the lines, each once. */
export function accountsIn({ lines }: Pick<FoundTrace, 'lines'>): readonly string[] {
  return [...new Set(lines.flatMap(({ account }) => (typeof account === 'string' ? [account] : [])))];
}

function whatHappened({ alarm, change, trace, displayNames }: NoticeContent): readonly string[] {
  if (alarm.logs === undefined) return [`CloudWatch: ${change.reason}`];
  if (trace === undefined) return [`CloudWatch: ${change.reason}`, 'The logs could not be read; look there for more.'];
  const groups = [...Map.groupBy(trace.lines, keyOf).values()].toSorted((one, other) => other.length - one.length);
  if (groups.length === 0) return [`CloudWatch: ${change.reason}`, 'No line in the logs tells more.'];
  const more = groups.length - MOST_GROUPS;
  return [
    ...groups.slice(0, MOST_GROUPS).flatMap((lines) => groupText(lines, displayNames)),
    ...(more > 0 ? [`... and ${more} more.`] : []),
    ...(trace.complete ? [] : ['Not all lines were counted: there are very many.']),
  ];
}

function keyOf(line: LogLine): string {
  return JSON.stringify([line['account'], whatOf(line)]);
}

function groupText(lines: readonly LogLine[], displayNames: ReadonlyMap<string, string>): readonly string[] {
  const [first = {}] = lines;
  const last = lines.at(-1) ?? first;
  const example = exampleOf(last);
  const advice = adviceOf(last);
  return [
    accountText(first['account'], displayNames),
    `  what     ${whatOf(last)}`,
    `  first    ${lineTime(first)}, ${lines.length} times up to ${lineTime(last)}`,
    ...(example === '' ? [] : [`  example  ${example}`]),
    ...(advice === undefined ? [] : [`  do now   ${advice}`]),
  ];
}

function accountText(account: unknown, displayNames: ReadonlyMap<string, string>): string {
  if (typeof account !== 'string') return 'No one account';
  const displayName = displayNames.get(account);
  return displayName === undefined ? `Account ${account}` : `Account ${account} "${displayName}"`;
}

function whatOf(line: LogLine): string {
  const { errcode, cause, failureCause, outcome, event } = line;
  if (typeof errcode === 'number') {
    const meaning = errcodeEntry(errcode)?.meaning;
    return `errcode ${errcode}${meaning === undefined ? '' : `: ${meaning}`}`;
  }
  return String(cause ?? failureCause ?? outcome ?? event ?? 'unknown');
}

function exampleOf(line: LogLine): string {
  const texts = EXAMPLE_FIELDS.flatMap((field) => {
    const value = line[field];
    // An errcode is told above as what happened.
    return typeof value === 'string' && value !== '' && value !== 'errcode'
      ? [`${EXAMPLE_NAMES[field] ?? field} ${value}`]
      : [];
  });
  return texts.join(', ');
}

function adviceOf({ errcode }: LogLine): string | undefined {
  return typeof errcode === 'number' ? errcodeEntry(errcode)?.advice : undefined;
}

function lineTime({ timestamp }: LogLine): string {
  return typeof timestamp === 'string' ? timeText(Date.parse(timestamp)) : 'an unknown time';
}

function timeText(epochMs: number): string {
  return Number.isFinite(epochMs)
    ? `${new Date(epochMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`
    : 'an unknown time';
}

/** Line breaks and what is not ASCII would have SNS refuse the whole message. */
function subjectOf(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, LONGEST_SUBJECT);
}
