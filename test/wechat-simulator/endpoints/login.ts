import { createHash, randomBytes } from 'node:crypto';
import { checkAppSecret } from '../access-checks.ts';
import type { Account } from '../account.ts';
import { type Answer, json, ok, TEXT_PLAIN } from '../answers.ts';
import type { Call } from '../call.ts';
import type { Endpoint, Endpoints } from '../endpoint.ts';
import type { Platform } from '../platform.ts';
import { Refusal } from '../refusal.ts';
import type { UserGrant } from '../user-grants.ts';

const LIFETIME_S = 7_200;

/**
 * Users' logins: mini-program (doc/miniprogram code2Session) and web
 * (doc/oplatform/Website_App/WeChat_Login/Authorized_Interface_Calling_UnionID.html). The access_token here is the user's own. All JSON
 * goes out as text/plain, and errors spell the rid `, rid:`.
 */
export const loginEndpoints: Endpoints = {
  '/sns/jscode2session': sns((call, platform) => {
    const { openId } = useCode(call, platform, 'js_code');
    return json({ session_key: randomBytes(16).toString('base64'), openid: openId, unionid: `u${openId}` }, TEXT_PLAIN);
  }),
  '/sns/oauth2/access_token': sns((call, platform) => {
    const { account, openId } = useCode(call, platform, 'code');
    return grantAnswer(platform.userGrants.grant(account.appId, openId));
  }),
  '/sns/oauth2/refresh_token': sns((call, platform) => {
    const { query } = call;
    const appId = query.get('appid');
    if (!appId) throw new Refusal(41002);
    if (!platform.accounts.has(appId)) throw new Refusal(40013);
    if (query.get('grant_type') !== 'refresh_token') throw new Refusal(40002);
    const refreshToken = query.get('refresh_token');
    if (!refreshToken) throw new Refusal(41003);
    return grantAnswer(platform.userGrants.refresh(appId, refreshToken));
  }),
  '/sns/userinfo': sns((call, platform) => {
    const { openId } = checkUser(call, platform);
    const place = { sex: 0, language: 'zh_CN', city: '', province: '', country: '', headimgurl: '', privilege: [] };
    return json({ openid: openId, nickname: '微信用户·张三', ...place, unionid: `u${openId}` }, TEXT_PLAIN);
  }),
  '/sns/auth': sns((call, platform) => {
    checkUser(call, platform);
    return { ...ok(), headers: { 'content-type': TEXT_PLAIN } };
  }),
};

function sns(handle: (call: Call, platform: Platform) => Answer): Endpoint {
  return { method: 'GET', auth: 'own', ridSeparator: ', ', errorContentType: TEXT_PLAIN, handle };
}

/** Checks the app secret, then spends the login code: it works once. The same code always means the same user. */
function useCode(call: Call, platform: Platform, name: 'code' | 'js_code'): { account: Account; openId: string } {
  const { query } = call;
  const account = checkAppSecret(platform, call, {
    appId: query.get('appid') ?? undefined,
    appSecret: query.get('secret') ?? undefined,
    grantType: { given: query.get('grant_type') ?? undefined, expected: 'authorization_code' },
  });
  const code = query.get(name);
  if (!code) throw new Refusal(41008);
  platform.loginCodes.use(code);
  const hash = createHash('sha256').update(`${account.appId} ${code}`).digest('base64url');
  return { account, openId: `o${hash.slice(0, 27)}` };
}

function checkUser(call: Call, platform: Platform): UserGrant {
  const token = call.query.get('access_token');
  if (!token) throw new Refusal(41001);
  return platform.userGrants.check(token, call.query.get('openid'));
}

function grantAnswer({ accessToken, refreshToken, openId }: UserGrant): Answer {
  const tokens = { access_token: accessToken, expires_in: LIFETIME_S, refresh_token: refreshToken };
  return json({ ...tokens, openid: openId, scope: 'snsapi_userinfo' }, TEXT_PLAIN);
}
