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
/** Behind the field list the second guard: what looks like a credential does not pass, whatever text it comes in. */
const CREDENTIALS =
  /(wxg[tu]?_[\w-]+|(?:access_token|secret|appsecret)[\\"']*\s*(?:[=:]|%3[ad])\s*[\\"']*)[^\s"'&,}]*/gi;

/**
 * A log with a list of allowed fields. Errors are logged by name and message, without their causes and properties, since those of the SDKs
 * hold requests.
 * @param write takes one line, newline included
 */
export function createLog(write: (line: string) => void): Log {
  return (level, record) => {
    const line: Record<string, string | number | boolean> = { level, timestamp: new Date().toISOString() };
    for (const field of FIELDS) {
      const value = record[field];
      if (value !== undefined) line[field] = loggable(value);
    }
    write(`${JSON.stringify(line)}\n`);
  };
}

function loggable(value: unknown): string | number | boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return redact(value instanceof Error ? `${value.name}: ${value.message}` : String(value));
}

function redact(text: string): string {
  return text.slice(0, LONGEST_TEXT).replaceAll(CREDENTIALS, '[redacted]');
}
