import type { UpstreamAnswer } from '../wechat/wechat-api.ts';
import { isApiSecurityHeader, isFieldValue } from './header-field.ts';

const PASSED_ON: ReadonlySet<string> = new Set([
  'content-type',
  'content-disposition',
  'content-encoding',
  'retry-after',
  // Ids by which WeChat's support finds a call.
  'rid',
  'x-rid',
  'x-wx-rid',
  'x-openapi-seqid',
]);

/** No answer of the gateway may be kept by anything on its way. */
export const NO_STORE = { 'cache-control': 'no-store' } as const;

/**
 * The headers of WeChat's answer that go back to the caller: an allow-list, and `cache-control: no-store`. `Wechatmp-*` keep WeChat's
 * spelling, because an SDK reads them case-sensitively; the other names become lower-case. A header that came more than once is joined with
 * `, ` (RFC 9110 section 5.3), the same value twice is one.
 */
export function answerHeaders(headers: UpstreamAnswer['headers']): Record<string, string> {
  const passedOn = new Map<string, { readonly name: string; readonly values: string[] }>();
  for (const [spelling, value] of headers) {
    const name = spelling.toLowerCase();
    const signed = isApiSecurityHeader(name);
    if ((!signed && !PASSED_ON.has(name)) || !isFieldValue(value)) continue;
    const entry = passedOn.get(name);
    if (entry === undefined) passedOn.set(name, { name: signed ? spelling : name, values: [value] });
    else if (!entry.values.includes(value)) entry.values.push(value);
  }
  const answer: Record<string, string> = {};
  for (const { name, values } of passedOn.values()) answer[name] = values.join(', ');
  return Object.assign(answer, NO_STORE);
}
