import type { Account } from '../account.ts';
import { ok } from '../answers.ts';
import { jsonBody, text } from '../call.ts';
import { dailyLimit, type Endpoints, type TokenEndpoint } from '../endpoint.ts';
import { Refusal } from '../refusal.ts';
import { STABLE_PATH, STABLE_PER_MINUTE, tokenQuota } from '../token-issuing.ts';

/**
 * openapi/quota/get and openapi/rid/get (doc/service/api/apimanage/). `measured` are the endpoints whose use can be asked for; `sns/*`
 * is not among them on WeChat.
 */
export function diagnosticEndpoints(measured: Endpoints): Endpoints {
  return {
    '/cgi-bin/openapi/quota/get': {
      method: 'POST',
      auth: 'access-token',
      handle(call, account) {
        const path = text(jsonBody(call), 'cgi_path');
        if (!path?.startsWith('/')) throw new Refusal(76003, 'cgi_path error');
        const limit = limitOf(measured, path, account);
        const used = account.dailyCalls.used(path);
        const quota = { daily_limit: limit, used, remain: Math.max(0, limit - used) };
        const perMinute = perMinuteOf(measured, path);
        return ok({ quota, ...(perMinute && { rate_limit: { call_count: perMinute, refresh_second: 60 } }) });
      },
    },
    '/cgi-bin/openapi/rid/get': {
      method: 'POST',
      auth: 'access-token',
      handle(call, account, platform) {
        const rid = text(jsonBody(call), 'rid');
        if (!rid) throw new Refusal(76002);
        return ok({ request: platform.rids.find(rid, account.appId, platform.now()) });
      },
    },
  };
}

function limitOf(measured: Endpoints, path: string, account: Account): number {
  const endpoint = businessCall(measured, path);
  const limit = endpoint ? dailyLimit(endpoint, account) : tokenQuota(account, path);
  if (limit === undefined) throw new Refusal(76021);
  return limit;
}

function perMinuteOf(measured: Endpoints, path: string): number | undefined {
  return path === STABLE_PATH ? STABLE_PER_MINUTE : businessCall(measured, path)?.perMinute;
}

function businessCall(measured: Endpoints, path: string): TokenEndpoint | undefined {
  const endpoint = Object.hasOwn(measured, path) ? measured[path] : undefined;
  return endpoint?.auth === 'access-token' ? endpoint : undefined;
}
