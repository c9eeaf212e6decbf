import { createGatewayToken, GATEWAY_TOKEN_LIFE_S } from '../caller/gateway-token.ts';
import { grantedAccounts } from '../caller/grant.ts';
import { notingKeyUse } from '../caller/key-use.ts';
import { type CallAnswer, json } from './answer-shape.ts';
import type { CallTrace } from './call-trace.ts';
import type { CallDependencies } from './call-wechat-api.ts';
import { findKeyAsSecret } from './find-key-as-secret.ts';
import { readable } from './readable.ts';
import { Refusal } from './refusal.ts';
import type { CallRequest } from './request.ts';

/**
 * Answers `GET /cgi-bin/token` and `POST /cgi-bin/stable_token` in WeChat's manner (doc/service/api/base/api_getaccesstoken,
 * .../api_getstableaccesstoken), without WeChat: `appid` is the account, `secret` a caller key, and what comes back is a gateway token. Every
 * call makes a new one and none kills another, so that `force_refresh` has nothing to do.
 * @throws {Refusal} with the causes of the token endpoint
 */
export async function issueGatewayToken(
  dependencies: CallDependencies,
  fields: Readonly<Record<string, unknown>>,
  trace: CallTrace,
): Promise<CallAnswer> {
  const { grant_type: grantType, appid: appId, secret } = fields;
  if (grantType !== 'client_credential') throw new Refusal('token-endpoint-grant-type');
  if (typeof appId !== 'string' || appId === '') throw new Refusal('token-endpoint-no-appid');
  if (typeof secret !== 'string' || secret === '') throw new Refusal('token-endpoint-no-secret');
  const { caller, keyId, verifier } = await findKeyAsSecret(dependencies, secret, 'token-endpoint-bad-key');
  Object.assign(trace, { caller: caller.id, keyId });
  if (!grantedAccounts(caller).includes(appId)) throw new Refusal('token-endpoint-unknown-account');
  trace.account = appId;
  const readState = () => readable(dependencies.reader.get(appId));
  const state = await notingKeyUse(dependencies.keyUse, { caller, keyId }, readState);
  if (state === undefined || state.disabled) throw new Refusal('token-endpoint-unknown-account');
  const gatewayToken = createGatewayToken(keyId, verifier, appId, dependencies.clock.now());
  return json(200, { access_token: gatewayToken, expires_in: GATEWAY_TOKEN_LIFE_S });
}

/** The fields of a classic token call: the query. @throws {Refusal} `method-not-allowed` */
export function classicTokenFields({ method, query }: CallRequest): Readonly<Record<string, unknown>> {
  if (method !== 'GET') throw new Refusal('method-not-allowed');
  return Object.fromEntries(new URLSearchParams(query));
}

/** The fields of a stable token call: a JSON body under any content type or none. @throws {Refusal} `method-not-allowed`, `malformed-json` */
export function stableTokenFields({ method, body }: CallRequest): Readonly<Record<string, unknown>> {
  if (method !== 'POST') throw new Refusal('method-not-allowed');
  return jsonFields(body);
}

/** @throws {Refusal} `malformed-json` when the body is not a JSON object */
export function jsonFields(body: Uint8Array | undefined): Readonly<Record<string, unknown>> {
  try {
    const content: unknown = JSON.parse(Buffer.from(body ?? []).toString('utf8'));
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) return { ...content };
  } catch {
    // The parser's own message would quote the body, which holds a caller key.
  }
  throw new Refusal('malformed-json');
}
