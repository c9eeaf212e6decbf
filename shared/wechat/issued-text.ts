const PRINTABLE = /^[\x21-\x7e]{1,1024}$/;
const LONGEST_LIFE_S = 86_400;

/** What WeChat issues: a text that is a secret, and how long it lives. */
export interface IssuedText {
  readonly value: string;
  readonly lifeMs: number;
}

/**
 * The token or ticket in the answer of an endpoint that issues one (doc/service/api/base/api_getaccesstoken). `undefined` for anything but 1 to
 * 1024 printable characters with a numeric life of 1 s to a day: what is odd must not be stored.
 */
export function issuedText(body: Uint8Array, field: 'access_token' | 'ticket'): IssuedText | undefined {
  const content = jsonRecord(body);
  const value = content?.[field];
  const seconds = content?.['expires_in'];
  if (typeof value !== 'string' || !PRINTABLE.test(value)) return undefined;
  if (typeof seconds !== 'number' || !(seconds >= 1 && seconds <= LONGEST_LIFE_S)) return undefined;
  return { value, lifeMs: Math.floor(seconds * 1000) };
}

function jsonRecord(body: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const content: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return typeof content === 'object' && content !== null ? { ...content } : undefined;
  } catch {
    // Truncated or no JSON at all: an odd answer like any other.
    return undefined;
  }
}
