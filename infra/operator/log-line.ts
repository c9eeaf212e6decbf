import { fieldOf } from '#shared/alarm/log-field.ts';
import { readableLine } from '../local/readable-line.ts';
import { jsonFields } from './fits-query.ts';
import type { LogEntry } from './log-reader.ts';

/** What Lambda itself writes at each invocation, under the JSON log format: noise to people, unless it is how an invocation failed. */
const PLATFORM_NOISE = /^platform\.(start|report|initStart|initRuntimeDone|initReport|runtimeDone|extension)$/;

/** How lines are shown. */
export interface LineForm {
  /** One JSON text, everything included. */
  readonly json: boolean;
  /** For people: the day before the time. */
  readonly withDay: boolean;
}

/**
 * An entry as one line: for people, or as JSON. `undefined` for one that people need not see: measurements, and what Lambda writes when all is well.
 */
export function logLine({ at, functionName, text }: LogEntry, { json, withDay }: LineForm): string | undefined {
  const fields = jsonFields(text);
  if (json) return JSON.stringify({ at: new Date(at).toISOString(), function: functionName, ...(fields ?? { text }) });
  if (fields !== undefined && isNoise(fields)) return undefined;
  const readable = fields !== undefined && 'event' in fields ? readableLine(text) : plainLine(at, text, fields);
  if (readable === undefined) return undefined;
  const day = withDay ? `${localDay(at)} ` : '';
  return functionName === undefined ? `${day}${readable}` : `${functionName.padEnd(20)} ${day}${readable}`;
}

function isNoise(fields: Readonly<Record<string, unknown>>): boolean {
  if (typeof fields['type'] !== 'string' || !PLATFORM_NOISE.test(fields['type'])) return false;
  const status = fieldOf(fields, 'record.status');
  return fields['type'] !== 'platform.report' || status === undefined || status === 'success';
}

/** What is no line of ours: an error of the runtime, a warning of Node's. */
function plainLine(at: number, text: string, fields: object | undefined): string | undefined {
  if (fields !== undefined && '_aws' in fields) return undefined;
  return `${new Date(at).toTimeString().slice(0, 8)} ${text.replaceAll(/\p{Cc}/gu, ' ')}`;
}

/** Of this machine's time zone, as the times of the lines are. */
function localDay(at: number): string {
  const date = new Date(at);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
}
