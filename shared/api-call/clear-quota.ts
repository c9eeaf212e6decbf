import type { ClearKind, TakenClear } from '../account/clear-quota-allowance.ts';
import { grantsPath } from '../caller/grant.ts';
import { clearVerdict } from '../quota/clear-verdict.ts';
import { endpointName } from '../usage/endpoint-name.ts';
import type { UpstreamAnswer } from '../wechat/wechat-api.ts';
import { type CallAnswer, passThrough } from './answer-shape.ts';
import { accountOf, authenticate } from './authenticate.ts';
import type { CallTrace } from './call-trace.ts';
import { type CallDependencies, callWechatApi } from './call-wechat-api.ts';
import { jsonFields } from './issue-gateway-token.ts';
import { authoriseAppSecretCall, sendAppSecretCall } from './make-app-secret-call.ts';
import { readable } from './readable.ts';
import { Refusal, type RefusalCause } from './refusal.ts';
import type { CallRequest } from './request.ts';

const OPENING_BRACE = /^\s*\{/;
const USED_UP = {
  all: 'clear-quota-allowance',
  endpoint: 'clear-endpoint-quota-allowance',
} as const satisfies Readonly<Record<ClearKind, RefusalCause>>;

/**
 * Answers `POST cgi-bin/clear_quota` (doc/service/openApi/clear_quota.html): an ordinary call with the account's access token that needs the
 * permission `quota:clear` and is counted against the account's monthly allowance.
 * @throws {Refusal} `method-not-allowed`, `clear-quota-allowance`, and those of any proxied call
 */
export async function clearQuota(
  dependencies: CallDependencies,
  request: CallRequest,
  deadline: number,
  trace: CallTrace,
): Promise<CallAnswer> {
  return countedByToken(dependencies, request, { kind: 'all' }, deadline, trace);
}

/**
 * Answers `POST cgi-bin/openapi/quota/clear` (doc/subscription/api/apimanage/api_clearapiquota), the same for the one endpoint that the body names, with
 * an allowance of its own.
 * @throws {Refusal} `method-not-allowed`, `malformed-json`, `clear-endpoint-quota-allowance`, and those of any proxied call
 */
export async function clearEndpointQuota(
  dependencies: CallDependencies,
  request: CallRequest,
  deadline: number,
  trace: CallTrace,
): Promise<CallAnswer> {
  const { cgi_path: path } = request.method === 'POST' ? jsonFields(request.body) : {};
  const endpoint = typeof path === 'string' ? endpointName(path) : undefined;
  return countedByToken(dependencies, request, { kind: 'endpoint', endpoint }, deadline, trace);
}

/** What is to be cleared. The endpoint is as `endpointName` gives it; `undefined` where the caller named none, which WeChat refuses. */
type Clear = { readonly kind: 'all' } | { readonly kind: 'endpoint'; readonly endpoint: string | undefined };

async function countedByToken(
  dependencies: CallDependencies,
  request: CallRequest,
  clear: Clear,
  deadline: number,
  trace: CallTrace,
): Promise<CallAnswer> {
  if (request.method !== 'POST') throw new Refusal('method-not-allowed');
  const authenticated = await authenticate(dependencies, request);
  const { caller, keyId } = authenticated;
  Object.assign(trace, { caller: caller.id, keyId });
  const appId = accountOf(request, authenticated);
  trace.account = appId;
  if (!grantsPath(caller, appId, request.path)) throw new Refusal('not-granted');
  return counted(dependencies, appId, clear, trace, () => callWechatApi(dependencies, request, deadline, trace));
}

/**
 * Answers `POST cgi-bin/clear_quota/v2`, the same by app secret: `appid` and `appsecret`, which is a caller key, in the query, a form or a JSON
 * body. One allowance for both.
 * @throws {Refusal} `method-not-allowed`, `malformed-json`, `clear-quota-allowance`, and those of a call that carries the app secret
 */
export async function clearQuotaByAppSecret(
  dependencies: CallDependencies,
  request: CallRequest,
  deadline: number,
  trace: CallTrace,
): Promise<CallAnswer> {
  if (request.method !== 'POST') throw new Refusal('method-not-allowed');
  const call = 'cgi-bin/clear_quota/v2';
  const fields = { ...bodyFields(request), ...Object.fromEntries(new URLSearchParams(request.query)) };
  const authorised = await authoriseAppSecretCall(dependencies, call, fields, request.role, trace);
  return counted(dependencies, authorised.appId, { kind: 'all' }, trace, () =>
    sendAppSecretCall(dependencies, call, authorised, fields, deadline, trace),
  );
}

/** A form or a JSON object, told apart by their first sign: not every client sends a content type, or the right one. */
function bodyFields({ body }: CallRequest): Readonly<Record<string, unknown>> {
  const text = Buffer.from(body ?? []).toString('utf8');
  return OPENING_BRACE.test(text) ? jsonFields(body) : Object.fromEntries(new URLSearchParams(text));
}

/** Counts a clear before it is sent. One that WeChat refused, or that was never sent, is given back; one of which nobody knows stays counted. */
async function counted(
  dependencies: CallDependencies,
  appId: string,
  wanted: Clear,
  trace: CallTrace,
  call: () => Promise<UpstreamAnswer>,
): Promise<CallAnswer> {
  const { clearQuotaAllowances, clock } = dependencies;
  const clear = await readable(clearQuotaAllowances.take(appId, wanted.kind, clock.now()));
  if (clear === undefined) throw new Refusal(USED_UP[wanted.kind]);
  let answer: UpstreamAnswer;
  try {
    answer = await call();
  } catch (error) {
    if (trace.sent !== true) await giveBack(dependencies, clear);
    throw error;
  }
  const verdict = clearVerdict(answer.status, trace.errcode);
  if (verdict === 'refused') await giveBack(dependencies, clear);
  if (verdict === 'cleared') await markCleared(dependencies, appId, wanted);
  return passThrough(answer);
}

async function giveBack({ clearQuotaAllowances, onClearNotNoted }: CallDependencies, clear: TakenClear): Promise<void> {
  try {
    await clearQuotaAllowances.giveBack(clear);
  } catch (error) {
    // The caller needs WeChat's word, and a clear counted for nothing only ends the month's allowance one sooner.
    onClearNotNoted(clear.appId, error);
  }
}

/** The account's shared quotas begin anew with WeChat's counters. */
async function markCleared(
  { learntQuotas, clock, onClearNotNoted }: CallDependencies,
  appId: string,
  cleared: Clear,
): Promise<void> {
  const endpoint = cleared.kind === 'endpoint' ? cleared.endpoint : undefined;
  if (cleared.kind === 'endpoint' && endpoint === undefined) return;
  try {
    await learntQuotas.markCleared(appId, endpoint, clock.now());
  } catch (error) {
    // The caller needs WeChat's word; until midnight the gateway only goes on being as strict as before.
    onClearNotNoted(appId, error);
  }
}
