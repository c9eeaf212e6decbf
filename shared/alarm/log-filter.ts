import type { Alarm, FieldCondition, LogLineCondition } from './alarm.ts';
import { fieldOf } from './log-field.ts';

/**
 * The filter by which CloudWatch Logs finds the lines of an alarm's cause (FilterLogEvents, at most 1,024 characters;
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html); `undefined` for an alarm without a trace in the logs.
 */
export function logFilter({ logs }: Pick<Alarm, 'logs'>): string | undefined {
  return logs && `{ (${logs.lines.map((line) => `(${allOf(line)})`).join(' || ')}) }`;
}

/** Whether a log line, parsed, is one of an alarm's cause: what {@link logFilter} finds. */
export function isTraceOf({ logs }: Pick<Alarm, 'logs'>, line: Readonly<Record<string, unknown>>): boolean {
  return logs?.lines.some((condition) => meets(condition, line)) ?? false;
}

function allOf(line: LogLineCondition): string {
  return Object.entries(line)
    .map(([field, condition]) => `(${oneOf(field, condition)})`)
    .join(' && ');
}

function oneOf(field: string, condition: FieldCondition): string {
  return condition.map((value) => comparison(`$.${field}`, value)).join(' || ');
}

function comparison(selector: string, value: string | number | boolean): string {
  if (typeof value === 'boolean') return `${selector} IS ${value ? 'TRUE' : 'FALSE'}`;
  return `${selector} = ${typeof value === 'number' ? value : JSON.stringify(value)}`;
}

function meets(condition: LogLineCondition, line: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(condition).every(([field, values]) => {
    const found = fieldOf(line, field);
    return values.some((value) => value === found);
  });
}
