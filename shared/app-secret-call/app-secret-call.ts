import { isAppId } from '../account/account.ts';

/** How WeChat takes one call that carries the app secret. */
export interface AppSecretCallForm {
  readonly method: 'GET' | 'POST';
  /** The parameter that the app secret goes into. */
  readonly secretName: 'secret' | 'appsecret';
  /** The parameters besides app ID and secret. No other reaches WeChat. */
  readonly fieldNames: readonly string[];
}

/**
 * The calls that carry the app secret, by path, and the only ones that `call-with-app-secret` makes: a mini-program's login
 * (doc/miniprogram code2Session), a web login (doc/oplatform/Website_App/WeChat_Login/Authorized_Interface_Calling_UnionID.html), clearing all
 * quotas (doc/service/openApi/clear_quota.html; its parameters are of the URL).
 */
export const APP_SECRET_CALLS = {
  'sns/jscode2session': { method: 'GET', secretName: 'secret', fieldNames: ['js_code', 'grant_type'] },
  'sns/oauth2/access_token': { method: 'GET', secretName: 'secret', fieldNames: ['code', 'grant_type'] },
  'cgi-bin/clear_quota/v2': { method: 'POST', secretName: 'appsecret', fieldNames: [] },
} as const satisfies Readonly<Record<string, AppSecretCallForm>>;

/** The path of a call that carries the app secret, without its first slash. */
export type AppSecretCallName = keyof typeof APP_SECRET_CALLS;

/** The event of `call-with-app-secret`: one call, complete but for the app secret. */
export interface AppSecretCall {
  readonly appId: string;
  readonly call: AppSecretCallName;
  /** By parameter name; absent ones are left out, for WeChat to say what it misses. */
  readonly fields: Readonly<Record<string, string>>;
  /** When the answer is of no more use, epoch milliseconds. */
  readonly deadline: number;
}

/** The event is none that `call-with-app-secret` takes. Says what is wrong and repeats no value, which may be a login code. */
export class MalformedAppSecretCall extends TypeError {
  override readonly name = 'MalformedAppSecretCall';

  constructor(fault: string) {
    super(`${fault}: invoke this function as call-wechat-api does, with {appId, call, fields, deadline}.`);
  }
}

/**
 * Reads the event of `call-with-app-secret`.
 * @throws {MalformedAppSecretCall} for any other call, a parameter that the call does not have, and the secret itself
 */
export function parseAppSecretCall(event: unknown): AppSecretCall {
  const { appId, call, fields, deadline } = recordOf(event, 'The event');
  if (typeof appId !== 'string' || !isAppId(appId)) throw new MalformedAppSecretCall('appId is no app ID');
  if (typeof call !== 'string' || !isAppSecretCallName(call)) {
    throw new MalformedAppSecretCall(`call is none of ${Object.keys(APP_SECRET_CALLS).join(', ')}`);
  }
  if (typeof deadline !== 'number' || !Number.isFinite(deadline)) {
    throw new MalformedAppSecretCall('deadline is no time in epoch milliseconds');
  }
  return { appId, call, fields: fieldsOf(call, recordOf(fields, 'fields')), deadline };
}

function isAppSecretCallName(text: string): text is AppSecretCallName {
  return Object.hasOwn(APP_SECRET_CALLS, text);
}

function fieldsOf(call: AppSecretCallName, fields: Readonly<Record<string, unknown>>): Record<string, string> {
  const { fieldNames }: AppSecretCallForm = APP_SECRET_CALLS[call];
  const checked = Object.entries(fields).map(([name, value]): [string, string] => {
    if (!fieldNames.includes(name)) throw new MalformedAppSecretCall(`fields holds one that ${call} does not have`);
    if (typeof value !== 'string') throw new MalformedAppSecretCall(`fields.${name} is no text`);
    return [name, value];
  });
  return Object.fromEntries(checked);
}

function recordOf(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MalformedAppSecretCall(`${name} is no object`);
  }
  return { ...value };
}
