import type { GatewayAnswer } from './gateway-call.undici.ts';

/** The fields of an answer that is a JSON object. @throws {Error} for any other; the answer is not quoted, it may hold a token */
export function fieldsOf({ status, text }: GatewayAnswer): Readonly<Record<string, unknown>> {
  const parsed = parseJson(text);
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  throw new Error(`the answer, HTTP ${status}, is no JSON object`);
}

/** @throws {Error} when the answer's errcode is another one, an absent one counting as 0 */
export function expectErrcode(answer: GatewayAnswer, errcode: number): void {
  const { errcode: found = 0, errmsg = '' } = fieldsOf(answer);
  if (found !== errcode) throw new Error(`errcode ${String(found)} ${String(errmsg)}, expected ${errcode}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller says what is wrong without the parser's quotation.
    return undefined;
  }
}
