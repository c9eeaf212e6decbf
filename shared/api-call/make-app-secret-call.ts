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
import type { CallTrace } from './call-trace.ts';
import { type CallDependencies, withinLimits } from './call-wechat-api.ts';
import { checkGranted } from './check-granted.ts';
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
 * Lets in a call that carries a caller key where WeChat takes the app secret, and counts it against the caller's limits.
 * @param fields the call's parameters, wherever they stood
 * @throws {Refusal} `app-secret-call-no-appid`, `app-secret-call-no-secret`, `app-secret-call-bad-key`, `unknown-account`, `not-granted`,
 * `minute-limit`, `day-limit`, `table-unreachable`
 */
export async function authoriseAppSecretCall(
  dependencies: CallDependencies,
  call: AppSecretCallName,
  fields: Readonly<Record<string, unknown>>,
  trace: CallTrace,
): Promise<AuthorisedCall> {
  const { secretName }: AppSecretCallForm = APP_SECRET_CALLS[call];
  const { appid: appId, [secretName]: secret } = fields;
  if (typeof appId !== 'string' || appId === '') throw new Refusal('app-secret-call-no-appid');
  if (typeof secret !== 'string' || secret === '') throw new Refusal('app-secret-call-no-secret');
  const { caller, keyId } = await findKeyAsSecret(dependencies, secret, 'app-secret-call-bad-key');
  Object.assign(trace, { caller: caller.id, keyId });
  await checkGranted(dependencies, caller, appId, `/${call}`);
  trace.account = appId;
  await withinLimits(dependencies, caller);
  return { caller, keyId, appId };
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
  { appSecretCaller, clock }: CallDependencies,
  call: AppSecretCall,
  trace: CallTrace,
): Promise<UpstreamAnswer> {
  const startedAt = clock.now();
  // Until the function says otherwise: should this environment be stopped first, nobody knows.
  trace.sent = true;
  try {
    return upstreamAnswerOf(await appSecretCaller.call(call), trace);
  } catch (error) {
    if (!(error instanceof AppSecretCallFailed)) throw error;
    trace.sent = error.sent;
    throw new Refusal(error.sent ? 'failed-after-sending' : 'app-secret-function-unreachable', error);
  } finally {
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
