import type { AppSecretAnswer } from '../app-secret-call/app-secret-answer.ts';
import {
  APP_SECRET_CALLS,
  type AppSecretCall,
  type AppSecretCallForm,
  type AppSecretCallName,
} from '../app-secret-call/app-secret-call.ts';
import { AppSecretCallFailed } from '../app-secret-call/app-secret-caller.ts';
import type { Caller } from '../caller/caller.ts';
import { notingKeyUse } from '../caller/key-use.ts';
import type { UpstreamAnswer } from '../wechat/wechat-api.ts';
import { type AuthenticatedCaller, findRole } from './authenticate.ts';
import type { CallTrace } from './call-trace.ts';
import { type CallDependencies, withinLimits } from './call-wechat-api.ts';
import { checkGranted } from './check-granted.ts';
import { countCall } from './count-call.ts';
import { findKeyAsSecret } from './find-key-as-secret.ts';
import { noteAnswer } from './note-answer.ts';
import { Refusal } from './refusal.ts';

/** A caller, the key that it presented, and one of its accounts. */
export interface AuthorisedCall {
  readonly caller: Caller;
  readonly keyId: string;
  readonly appId: string;
}

/**
 * Lets in a call that carries a caller key where WeChat takes the app secret, or that an IAM role signed, and counts it against the caller's limits.
 * @param fields the call's parameters, wherever they stood
 * @param role the unique id of the role that signed
 * @throws {Refusal} `app-secret-call-no-appid`, `app-secret-call-no-secret`, `app-secret-call-bad-key`, `unknown-role`, `unknown-account`, `not-granted`,
 * and those of {@link withinLimits}
 */
export async function authoriseAppSecretCall(
  dependencies: CallDependencies,
  call: AppSecretCallName,
  fields: Readonly<Record<string, unknown>>,
  role: string | undefined,
  trace: CallTrace,
): Promise<AuthorisedCall> {
  const { secretName }: AppSecretCallForm = APP_SECRET_CALLS[call];
  const { appid: appId, [secretName]: secret } = fields;
  if (typeof appId !== 'string' || appId === '') throw new Refusal('app-secret-call-no-appid');
  const { caller, keyId } =
    role === undefined ? await findKeyIn(dependencies, secret) : await findRole(dependencies, role);
  Object.assign(trace, { caller: caller.id, keyId });
  await checkGranted(dependencies, caller, appId, `/${call}`);
  trace.account = appId;
  await withinLimits(dependencies, caller, appId, `/${call}`);
  return { caller, keyId, appId };
}

function findKeyIn(
  dependencies: CallDependencies,
  secret: unknown,
): Promise<Pick<AuthenticatedCaller, 'caller' | 'keyId'>> {
  if (typeof secret !== 'string' || secret === '') throw new Refusal('app-secret-call-no-secret');
  return findKeyAsSecret(dependencies, secret, 'app-secret-call-bad-key');
}

/**
 * Has `call-with-app-secret` make the call: one invocation, never repeated. Notes the use of the key beside it.
 * @param fields the call's parameters, of which those besides app ID and secret are passed on
 * @throws {Refusal} with an errcode of -1 when nothing was sent, of 990504 when WeChat may have carried the call out; `app-secret-refused`
 */
export function sendAppSecretCall(
  dependencies: CallDependencies,
  call: AppSecretCallName,
  authorised: AuthorisedCall,
  fields: Readonly<Record<string, unknown>>,
  deadline: number,
  trace: CallTrace,
): Promise<UpstreamAnswer> {
  const { appId } = authorised;
  return notingKeyUse(dependencies.keyUse, authorised, () =>
    invoke(dependencies, { appId, call, fields: passedOn(call, fields), deadline }, trace),
  );
}

async function invoke(
  { appSecretCaller, usage, clock }: CallDependencies,
  call: AppSecretCall,
  trace: CallTrace,
): Promise<UpstreamAnswer> {
  const startedAt = clock.now();
  // Until the function says otherwise: should this environment be stopped first, nobody knows.
  trace.sent = true;
  let answer: UpstreamAnswer | undefined;
  try {
    answer = upstreamAnswerOf(await appSecretCaller.call(call), trace);
    return answer;
  } catch (error) {
    if (!(error instanceof AppSecretCallFailed)) throw error;
    trace.sent = error.sent;
    throw new Refusal(error.sent ? 'failed-after-sending' : 'app-secret-function-unreachable', error);
  } finally {
    if (trace.sent) countCall(usage, trace, { path: `/${call.call}`, body: undefined }, answer);
    trace.upstreamMs = clock.now() - startedAt;
  }
}

function upstreamAnswerOf(answered: AppSecretAnswer, trace: CallTrace): UpstreamAnswer {
  if ('refusal' in answered) {
    trace.sent = answered.sent;
    throw new Refusal(answered.refusal);
  }
  const answer = { ...answered, body: Buffer.from(answered.body, 'base64') };
  noteAnswer(trace, answer);
  return answer;
}

function passedOn(call: AppSecretCallName, fields: Readonly<Record<string, unknown>>): AppSecretCall['fields'] {
  const { fieldNames }: AppSecretCallForm = APP_SECRET_CALLS[call];
  const texts = fieldNames.flatMap((name): [string, string][] => {
    const value = fields[name];
    return typeof value === 'string' ? [[name, value]] : [];
  });
  return Object.fromEntries(texts);
}
