import { type AppSecret, type AppSecretCache, MalformedAppSecret } from '../account/app-secret.ts';
import type { CallTrace } from '../api-call/call-trace.ts';
import { CALL_BUDGET_MS, type SendDependencies, send } from '../api-call/forward.ts';
import { noteAnswer } from '../api-call/note-answer.ts';
import { Refusal } from '../api-call/refusal.ts';
import { APP_SECRET_REFUSED } from '../wechat/issue-refusals.ts';
import type { UpstreamAnswer, UpstreamRequest } from '../wechat/wechat-api.ts';
import { APP_SECRET_CALLS, type AppSecretCall, type AppSecretCallForm } from './app-secret-call.ts';

/** What a call with the app secret needs; one set per environment. */
export interface AppSecretCallDependencies extends SendDependencies {
  readonly secrets: AppSecretCache;
}

/** What is kept of the caller's time for the answer's way back. */
const WAY_BACK_MS = 500;
/** With less time than this a call is not begun: it would most likely end in a spent login code and no answer. */
const CALL_NEEDS_MS = 1_000;
/** None of these calls has a token that 40001 could mean. */
const SECRET_REFUSED: ReadonlySet<number | undefined> = new Set(APP_SECRET_REFUSED);

/**
 * Puts the app secret into one call and sends it, once; to the second host only when it certainly was not sent to the first. A secret that
 * WeChat refuses is read again past the cache, and the call repeated if it has changed: WeChat checks the secret before the login code, which
 * is therefore not used.
 * @returns WeChat's answer, whatever its errcode
 * @throws {Refusal} `no-app-secret`; `app-secret-refused`; `upstream-unreachable` when nothing was sent; `upstream-timeout`, `upstream-broke` or
 * `answer-too-large` when the call may have been carried out
 */
export async function callWithAppSecret(
  dependencies: AppSecretCallDependencies,
  call: AppSecretCall,
  trace: CallTrace,
): Promise<UpstreamAnswer> {
  const deadline = Math.min(call.deadline - WAY_BACK_MS, dependencies.clock.now() + CALL_BUDGET_MS);
  const attempt = async (secret: AppSecret): Promise<UpstreamAnswer | undefined> => {
    // Nothing that WeChat heard of is undone by this: an earlier attempt was refused.
    if (deadline - dependencies.clock.now() < CALL_NEEDS_MS) throw new Refusal('upstream-unreachable');
    const answer = await send(dependencies, requestOf(call, secret), 'never-after-sending', deadline, trace);
    if (!SECRET_REFUSED.has(noteAnswer(trace, answer)?.errcode)) return answer;
    trace.sent = false;
    return undefined;
  };
  const secret = await secretOf(() => dependencies.secrets.get(call.appId));
  const answer = await attempt(secret);
  if (answer !== undefined) return answer;
  const stored = await secretOf(() => dependencies.secrets.reread(call.appId));
  const repeated = stored.value === secret.value ? undefined : await attempt(stored);
  if (repeated === undefined) throw new Refusal('app-secret-refused');
  return repeated;
}

async function secretOf(read: () => Promise<AppSecret | undefined>): Promise<AppSecret> {
  try {
    const secret = await read();
    if (secret !== undefined) return secret;
  } catch (error) {
    throw new Refusal('no-app-secret', error instanceof MalformedAppSecret ? error : new AppSecretUnavailable(error));
  }
  throw new Refusal('no-app-secret');
}

/** The store of app secrets did not answer. Its own error goes along as the cause, which no log shows. */
class AppSecretUnavailable extends Error {
  override readonly name = 'AppSecretUnavailable';

  constructor(cause: unknown) {
    super(`The app secret could not be read: ${cause instanceof Error ? cause.name : typeof cause}`, { cause });
  }
}

function requestOf({ appId, call, fields }: AppSecretCall, secret: AppSecret): UpstreamRequest {
  const { method, secretName }: AppSecretCallForm = APP_SECRET_CALLS[call];
  return {
    method,
    path: `/${call}`,
    query: new URLSearchParams({ appid: appId, [secretName]: secret.value, ...fields }).toString(),
    headers: { 'accept-encoding': 'identity' },
    body: method === 'POST' ? Buffer.alloc(0) : undefined,
  };
}
