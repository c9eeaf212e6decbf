/** Everything that may stand in a log line. What is not listed here is not logged, whatever a caller of the log passes. */
const FIELDS = [
  'event',
  'requestId',
  'account',
  'caller',
  'keyId',
  'method',
  'path',
  'status',
  'errcode',
  'rid',
  'cause',
  'fault',
  'origin',
  'healed',
  'repeated',
  'totalMs',
  'ownMs',
  'upstreamMs',
  'requestBytes',
  'answerBytes',
  'outcome',
  'reason',
  'failureClass',
  'failureCause',
  'egressAddress',
  'fingerprint',
  'expiresAt',
  'forced',
  'overdueMs',
  'ageMs',
  'usedPercent',
  'list',
  'listVersion',
  'added',
  'removed',
  'firewall',
  'error',
] as const;

/** A log line before it is written; absent fields are left out. */
export type LogRecord = { readonly event: string } & {
  readonly [Field in Exclude<(typeof FIELDS)[number], 'event' | 'error'>]?: string | number | boolean | undefined;
} & { readonly error?: unknown };

/** How bad it is, as CloudWatch shows it. */
export type LogLevel = 'INFO' | 'WARN' | 'ERROR';

/** Writes one JSON line per record. */
export type Log = (level: LogLevel, record: LogRecord) => void;

const LONGEST_TEXT = 512;
const LOGGED: ReadonlySet<string> = new Set(FIELDS);
/** Every text with {@link CREDENTIALS} in it matches, also when it is escaped as JSON; hardly any other does. */
const MAY_HOLD_CREDENTIALS = /wxg|access_token|secret/i;
/** Behind the field list the second guard: what looks like a credential does not pass, whatever text it comes in. */
const CREDENTIALS =
  /(wxg[tu]?_[\w-]+|(?:access_token|secret|appsecret)[\\"']*\s*(?:[=:]|%3[ad])\s*[\\"']*)[^\s"'&,}]*/gi;

/** A log of {@link logLine}s. @param write takes one line, newline included */
export function createLog(write: (line: string) => void): Log {
  return (level, record) => write(logLine(level, record));
}

/**
 * One log line, newline included, of the fields that are allowed. Errors are logged by name and message, without their causes and properties,
 * since those of the SDKs hold requests.
 */
export function logLine(level: LogLevel, record: LogRecord): string {
  const line: Record<string, string | number | boolean> = { level, timestamp: new Date().toISOString() };
  for (const field of Object.keys(record)) {
    // What is not in the type is not in the list either.
    const value = record[field as keyof LogRecord];
    if (value !== undefined && LOGGED.has(field)) line[field] = loggable(value);
  }
  const text = JSON.stringify(line);
  // One look at the whole line: nearly none holds anything to redact.
  return `${MAY_HOLD_CREDENTIALS.test(text) ? JSON.stringify(line, redacted) : text}\n`;
}

function loggable(value: unknown): string | number | boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  const text = value instanceof Error ? `${value.name}: ${value.message}` : String(value);
  return text.slice(0, LONGEST_TEXT);
}

function redacted(_field: string, value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll(CREDENTIALS, '[redacted]') : value;
}
