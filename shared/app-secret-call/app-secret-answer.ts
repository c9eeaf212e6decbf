import { isRefusalCause, type RefusalCause } from '../api-call/refusal.ts';

/** What `call-with-app-secret` answers: WeChat's answer as it came, or why there is none. Never holds the app secret. */
export type AppSecretAnswer =
  | {
      readonly status: number;
      /** In WeChat's order and spelling. */
      readonly headers: readonly (readonly [name: string, value: string])[];
      /** Base64. */
      readonly body: string;
      /** The origin that answered. */
      readonly origin: string;
    }
  | {
      readonly refusal: RefusalCause;
      /** Whether WeChat may have carried the call out. */
      readonly sent: boolean;
    };

/** The answer in a payload of Lambda's; `undefined` when it is none. */
export function parseAppSecretAnswer(payload: Uint8Array | undefined): AppSecretAnswer | undefined {
  const content = parseJson(Buffer.from(payload ?? []).toString('utf8'));
  if (typeof content !== 'object' || content === null) return undefined;
  const { status, headers, body, origin, refusal, sent } = content as Record<string, unknown>;
  if (typeof refusal === 'string' && isRefusalCause(refusal) && typeof sent === 'boolean') return { refusal, sent };
  if (typeof status !== 'number' || typeof body !== 'string' || typeof origin !== 'string') return undefined;
  return Array.isArray(headers) && headers.every(isHeader) ? { status, headers, body, origin } : undefined;
}

function isHeader(value: unknown): value is readonly [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((text) => typeof text === 'string');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No answer of ours. The parser's own message would quote it, and it may hold a session key.
    return undefined;
  }
}
