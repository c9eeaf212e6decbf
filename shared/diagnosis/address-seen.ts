import { isIP } from 'node:net';
import type { AccessToken } from '../access-token/access-token.ts';
import type { Clock } from '../clock.ts';
import { refusedAddress } from '../wechat/answer.ts';
import type { Upstream } from '../wechat/upstream.ts';
import { callWithToken } from './call-with-token.ts';

const RID_PATH = '/cgi-bin/openapi/rid/get';
const DEADLINE_MS = 3_000;
/** A request id that WeChat cannot have given out: asking for it fails, and WeChat's text about that has a request id of its own. */
const NO_RID = '0-0-0';
const ADDRESS_REFUSED = 40164;

/**
 * The address that WeChat sees our calls come from: in the text of its refusal, or else by looking up a call that has just failed on purpose
 * (doc/service/api/apimanage/api_getridinfo). Two calls that count against no documented quota.
 * @returns `undefined` when WeChat would not tell
 */
export async function addressSeen(
  dependencies: { readonly upstream: Upstream; readonly clock: Clock },
  token: AccessToken,
): Promise<string | undefined> {
  const failed = await callWithToken(dependencies, token, {
    path: RID_PATH,
    body: { rid: NO_RID },
    deadlineMs: DEADLINE_MS,
  });
  const { errcode, errmsg = '', rid } = failed?.said ?? {};
  if (errcode === ADDRESS_REFUSED) return refusedAddress(errmsg);
  if (rid === undefined) return undefined;
  const found = await callWithToken(dependencies, token, { path: RID_PATH, body: { rid }, deadlineMs: DEADLINE_MS });
  return clientAddress(found?.content);
}

/** Nothing else is taken from the answer: it repeats the token. */
function clientAddress(content: unknown): string | undefined {
  const { request }: { request?: unknown } = Object(content);
  const { client_ip: address }: { client_ip?: unknown } = Object(request);
  if (typeof address !== 'string') return undefined;
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(plain) === 0 ? undefined : plain;
}
