import type { Caller } from '../caller/caller.ts';
import { openUserToken, parseUserToken, type UserTokenKind, type UserTokenParts } from '../caller/user-token.ts';
import { type CallAnswer, passThrough } from './answer-shape.ts';
import { authenticate } from './authenticate.ts';
import type { CallTrace } from './call-trace.ts';
import { type CallDependencies, hasRoom, withinLimits } from './call-wechat-api.ts';
import { checkGranted } from './check-granted.ts';
import { sendCounted } from './forward.ts';
import { readable } from './readable.ts';
import { Refusal, type RefusalCause } from './refusal.ts';
import { repeatWhileBusy } from './repeat-while-busy.ts';
import type { CallRequest } from './request.ts';
import { upstreamHeaders } from './request-headers.ts';
import { sealUserTokens } from './seal-user-tokens.ts';

interface UserTokenCallForm {
  readonly kind: UserTokenKind;
  /** The parameters besides the token. No other reaches WeChat. */
  readonly fieldNames: readonly string[];
}

const USER_TOKEN_CALLS = {
  'sns/userinfo': { kind: 'access', fieldNames: ['openid', 'lang'] },
  'sns/auth': { kind: 'access', fieldNames: ['openid'] },
  'sns/oauth2/refresh_token': { kind: 'refresh', fieldNames: ['appid', 'grant_type'] },
} as const satisfies Readonly<Record<string, UserTokenCallForm>>;

/** The path of a call that carries a user's token, without its first slash. */
export type UserTokenCallName = keyof typeof USER_TOKEN_CALLS;

const INVALID: Readonly<Record<UserTokenKind, RefusalCause>> = {
  access: 'invalid-user-token',
  refresh: 'invalid-refresh-token',
};

interface OpenedUserToken extends UserTokenParts {
  readonly caller: Caller;
  readonly token: string;
}

/**
 * Answers a call that carries a user's OAuth token (doc/oplatform/Website_App/WeChat_Login/Authorized_Interface_Calling_UnionID.html). The
 * sealed token is the credential: it names its caller and its account, whose grants hold. It goes to WeChat opened, new tokens come back
 * sealed, and whatever WeChat says of it passes through: the account's own token has no part in this. To the second host only when it certainly was not
 * sent to the first; again only where WeChat was too busy for a call that just reads.
 * @throws {Refusal} `method-not-allowed`; `no-user-token`; `invalid-user-token` or `invalid-refresh-token` for any text that this gateway did not
 * seal for this kind of call; `caller-disabled`; `unknown-account`; `not-granted`; {@link withinLimits}'s; and those of sending
 */
export async function answerUserTokenCall(
  dependencies: CallDependencies,
  call: UserTokenCallName,
  request: CallRequest,
  deadline: number,
  trace: CallTrace,
): Promise<CallAnswer> {
  if (request.method !== 'GET') throw new Refusal('method-not-allowed');
  const { kind, fieldNames }: UserTokenCallForm = USER_TOKEN_CALLS[call];
  const query = new URLSearchParams(request.query);
  const opened = await openedToken(dependencies, kind, query.get(`${kind}_token`) ?? '', request);
  const { caller, appId, token } = opened;
  Object.assign(trace, { caller: caller.id, account: appId });
  await checkGranted(dependencies, caller, appId, `/${call}`);
  if ((query.get('appid') ?? appId) !== appId) throw new Refusal('unknown-account');
  await withinLimits(dependencies, caller, appId, `/${call}`);
  const upstreamRequest = {
    method: 'GET',
    path: `/${call}`,
    query: upstreamQuery(kind, token, query, fieldNames),
    headers: upstreamHeaders(request.headers),
    body: undefined,
  } as const;
  const answer = await repeatWhileBusy(
    dependencies,
    { request, deadline, trace },
    {
      send: () => sendCounted(dependencies, upstreamRequest, 'never-after-sending', deadline, trace),
      mayRepeat: () => hasRoom(dependencies, caller, appId, `/${call}`),
    },
  );
  return passThrough(kind === 'refresh' ? sealUserTokens(answer, caller, appId) : answer);
}

async function openedToken(
  dependencies: CallDependencies,
  kind: UserTokenKind,
  text: string,
  request: CallRequest,
): Promise<OpenedUserToken> {
  if (text === '' && kind === 'access') throw new Refusal('no-user-token');
  const parts = parseUserToken(text);
  if (parts === undefined || parts.kind !== kind) throw new Refusal(INVALID[kind]);
  const caller = await readable(dependencies.callers.find(parts.callerId));
  const token = openUserToken(text, caller?.sealingKey);
  if (caller === undefined || token === undefined) throw new Refusal(INVALID[kind]);
  if (caller.disabled) throw new Refusal('caller-disabled');
  if (!(await isPresentedBy(dependencies, caller, request))) throw new Refusal(INVALID[kind]);
  return { ...parts, caller, token };
}

/** The token alone is enough; but who says by a caller key that it is another caller has come by it in some odd way. */
async function isPresentedBy(
  dependencies: CallDependencies,
  caller: Caller,
  { headers, role }: CallRequest,
): Promise<boolean> {
  if ((headers['authorization'] ?? '').trim() === '') return true;
  const presenting = await authenticate(dependencies, { headers, query: '', role });
  return presenting.caller.id === caller.id;
}

function upstreamQuery(
  kind: UserTokenKind,
  token: string,
  given: URLSearchParams,
  fieldNames: readonly string[],
): string {
  const query = new URLSearchParams({ [`${kind}_token`]: token });
  for (const name of fieldNames) {
    const value = given.get(name);
    if (value !== null) query.set(name, value);
  }
  return query.toString();
}
