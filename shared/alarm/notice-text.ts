import { errcodeEntry } from '../wechat/errcode.ts';
import type { Alarm } from './alarm.ts';
import type { AlarmChange } from './alarm-change.ts';
import { fieldOf } from './log-field.ts';
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
/** Callers choose some texts of a log line, such as a path: none shall look like a part of the notice. */
const LONGEST_EXAMPLE_TEXT = 200;
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
  'usedPercent',
] as const;
const EXAMPLE_NAMES: Readonly<Record<string, string>> = {
  egressAddress: 'egress address',
  failureCause: 'cause',
  usedPercent: 'used %',
};

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

/** The accounts that the notice of such a trace names, each once. */
export function accountsIn(trace: Pick<FoundTrace, 'lines'>): readonly string[] {
  const shown = groupsOf(trace).slice(0, MOST_GROUPS);
  return [...new Set(shown.flatMap(([line]) => (typeof line?.['account'] === 'string' ? [line['account']] : [])))];
}

function whatHappened({ alarm, change, trace, displayNames }: NoticeContent): readonly string[] {
  if (alarm.logs === undefined) return [`CloudWatch: ${change.reason}`];
  if (trace === undefined) return [`CloudWatch: ${change.reason}`, 'The logs could not be read; look there for more.'];
  const groups = groupsOf(trace);
  if (groups.length === 0) return [`CloudWatch: ${change.reason}`, nothingFound(trace)];
  const more = groups.length - MOST_GROUPS;
  return [
    ...groups.slice(0, MOST_GROUPS).flatMap((lines) => groupText(lines, displayNames)),
    ...(more > 0 ? [`... and ${more} more.`] : []),
    ...(trace.complete ? [] : ['Not all lines were counted: there are very many.']),
  ];
}

function nothingFound({ complete }: FoundTrace): string {
  return complete
    ? 'No line in the logs tells more.'
    : 'There is too much in the logs to find the cause in time; look there for more.';
}

/** Lines that tell the same of the same account, the most frequent first. */
function groupsOf({ lines }: Pick<FoundTrace, 'lines'>): readonly (readonly LogLine[])[] {
  return [...Map.groupBy(lines, keyOf).values()].toSorted((one, other) => other.length - one.length);
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
    `  first    ${lineTime(first)}, ${lines.length === 1 ? 'once' : `${lines.length} times up to ${lineTime(last)}`}`,
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
  const said = [cause, failureCause, outcome, event, ...whatAwsSays(line)].find((text) => typeof text === 'string');
  return inOneLine(said ?? 'unknown');
}

/** Of a line that is not ours: an invocation's end, an error of the runtime's, a request in API Gateway's access log. */
function whatAwsSays(line: LogLine): readonly unknown[] {
  const end = fieldOf(line, 'record.status');
  const { status } = line;
  return [
    typeof end === 'string' ? `the invocation ended with ${end}` : undefined,
    fieldOf(line, 'message.errorType'),
    typeof status === 'string' ? `HTTP ${status}` : undefined,
  ];
}

function exampleOf(line: LogLine): string {
  const texts = EXAMPLE_FIELDS.flatMap((field) => {
    const value = line[field];
    const text = typeof value === 'number' ? String(value) : value;
    // An errcode is told above as what happened.
    return typeof text === 'string' && text !== '' && text !== 'errcode'
      ? [`${EXAMPLE_NAMES[field] ?? field} ${inOneLine(text)}`]
      : [];
  });
  return texts.join(', ');
}

function inOneLine(text: string): string {
  return text.slice(0, LONGEST_EXAMPLE_TEXT).replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
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
