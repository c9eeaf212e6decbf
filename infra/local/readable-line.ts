/**
 * A log line of the functions for people: one short line per call and per refresh; `undefined` for what they need not see, which is metrics.
 * What is no log line comes back as it is.
 */
export function readableLine(line: string): string | undefined {
  const record = recordIn(line);
  if (record === undefined) return line;
  if (record['_aws'] !== undefined) return undefined;
  const { level, event, timestamp, ...fields } = record;
  const time = new Date(String(timestamp)).toTimeString().slice(0, 8);
  const mark = level === 'INFO' ? '' : ` ${textOf(level)}`;
  return `${time}${mark} ${describe(textOf(event), fields)}`;
}

type Fields = Readonly<Record<string, unknown>>;

function describe(event: string, fields: Fields): string {
  if (event === 'call') return describeCall(fields);
  const { account, outcome, ...details } = fields;
  return [event, ...texts(account, outcome), ...pairs(details)].join(' ');
}

function describeCall({ method, path, status, errcode, cause, rid, healed, totalMs, account, error }: Fields): string {
  const what = texts(method, path, status, `${textOf(totalMs)} ms`, healed === true ? 'healed' : undefined);
  return [...what, ...pairs({ errcode, cause, rid, account, error })].join(' ');
}

function pairs(fields: Fields): readonly string[] {
  return Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${textOf(value)}`]));
}

function texts(...values: readonly unknown[]): readonly string[] {
  return values.filter((value) => value !== undefined).map(textOf);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function recordIn(line: string): Fields | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : undefined;
  } catch {
    // Something else that was printed, such as a warning: it is shown as it is.
    return undefined;
  }
}
