import type { AccountCallDependencies } from '../access-token/call-as-account.ts';
import { postAsAccount } from '../access-token/post-as-account.ts';
import { scrubRidAnswer } from '../api-call/scrub-rid-answer.ts';

/** What WeChat has recorded of one request, without tokens and secrets. */
export interface RecordedRequest {
  /** Epoch milliseconds, to the second. */
  readonly at: number;
  readonly tookMs: number;
  /** As WeChat gives it: a URL or its query alone. */
  readonly url: string;
  readonly body: string;
  readonly answer: string;
  /** The address that the request came from. */
  readonly clientIp: string;
}

/** What WeChat tells of a rid. */
export type RidLookUp =
  | { readonly outcome: 'found'; readonly request: RecordedRequest }
  /** 76001 to 76004: unknown, malformed, another account's, over a week old. */
  | { readonly outcome: 'refused'; readonly errcode: number }
  | { readonly outcome: 'failed'; readonly cause: string };

/** https://developers.weixin.qq.com/doc/service/api/apimanage/api_getridinfo */
const PATH = '/cgi-bin/openapi/rid/get';

/** Looks a request of the account's up by the rid in its errmsg. @throws the table's error when it does not answer */
export async function lookUpRid(dependencies: AccountCallDependencies, appId: string, rid: string): Promise<RidLookUp> {
  const posted = await postAsAccount(dependencies, appId, PATH, { rid });
  if (posted.kind === 'failed') return { outcome: 'failed', cause: posted.cause };
  const errcode = posted.said?.errcode ?? 0;
  if (errcode !== 0) return { outcome: 'refused', errcode };
  const scrubbed: unknown = JSON.parse(Buffer.from(scrubRidAnswer(posted.body, posted.token.value)).toString('utf8'));
  const request = recordOf(recordOf(scrubbed)['request']);
  if (typeof request['invoke_time'] !== 'number') return { outcome: 'failed', cause: 'odd-answer' };
  return {
    outcome: 'found',
    request: {
      at: request['invoke_time'] * 1_000,
      tookMs: typeof request['cost_in_ms'] === 'number' ? request['cost_in_ms'] : 0,
      url: textOf(request['request_url']),
      body: textOf(request['request_body']),
      answer: textOf(request['response_body']),
      clientIp: textOf(request['client_ip']),
    },
  };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
