import { checkAppSecret } from '../access-checks.ts';
import type { Account } from '../account.ts';
import { ok } from '../answers.ts';
import { jsonBody, text, tryJson } from '../call.ts';
import type { Endpoints } from '../endpoint.ts';
import { Refusal } from '../refusal.ts';

const CLEARS_PER_MONTH = 10;
const PATH_CLEARS_PER_MONTH = 50;

/** Setting daily counters back (doc/service/openApi/clear_quota.html, doc/subscription/api/apimanage/api_clearapiquota). */
export const quotaEndpoints: Endpoints = {
  '/cgi-bin/clear_quota': {
    method: 'POST',
    auth: 'access-token',
    handle(call, account) {
      const appId = text(jsonBody(call), 'appid');
      if (!appId) throw new Refusal(41002);
      if (appId !== account.appId) throw new Refusal(40013);
      return clearAll(account);
    },
  },
  /** By app secret and without a token, from the query or the body: WeChat's page shows both. */
  '/cgi-bin/clear_quota/v2': {
    method: 'POST',
    auth: 'own',
    handle(call, platform) {
      const fields = tryJson(call.body) ?? {};
      const account = checkAppSecret(platform, call, {
        appId: call.query.get('appid') ?? text(fields, 'appid'),
        appSecret: call.query.get('appsecret') ?? text(fields, 'appsecret'),
      });
      return clearAll(account);
    },
  },
  '/cgi-bin/openapi/quota/clear': {
    method: 'POST',
    auth: 'access-token',
    handle(call, account) {
      const path = text(jsonBody(call), 'cgi_path');
      if (!path?.startsWith('/')) throw new Refusal(76003, 'cgi_path error');
      count(account, 'one path', PATH_CLEARS_PER_MONTH);
      account.dailyCalls.clear(path);
      return ok();
    },
  },
};

/** Shared by both versions, as on WeChat. */
function clearAll(account: Account) {
  count(account, 'all paths', CLEARS_PER_MONTH);
  account.dailyCalls.clear();
  return ok();
}

function count(account: Account, key: string, limit: number): void {
  if (account.monthlyClears.used(key) >= limit) throw new Refusal(48006);
  account.monthlyClears.add(key);
}
