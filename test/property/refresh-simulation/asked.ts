import type { TokenMode } from '#shared/access-token/access-token.ts';
import type { UpstreamRequest } from '#shared/wechat/wechat-api.ts';
import { type ProxiedCall, proxiedCallOf } from './proxied-call.ts';
import { appIdOfToken } from './wechat-model.ts';
import type { World } from './world.ts';

const PROBE_PATH = '/cgi-bin/get_api_domain_ip';

/** What a request asks of WeChat. */
export type Asked =
  | { readonly kind: 'issue'; readonly mode: TokenMode; readonly secret: string; readonly force: boolean }
  | { readonly kind: 'probe'; readonly token: string }
  | { readonly kind: 'call'; readonly token: string; readonly call: ProxiedCall };

/** Reads a request as WeChat would. @throws {TypeError} when it is a call that no caller has made */
export function askedBy(
  world: World,
  { path, query, body }: UpstreamRequest,
): { readonly appId: string; readonly asked: Asked } {
  const parameters = new URLSearchParams(query);
  if (path === '/cgi-bin/token') {
    const secret = parameters.get('secret') ?? '';
    return { appId: parameters.get('appid') ?? '', asked: { kind: 'issue', mode: 'classic', secret, force: false } };
  }
  if (path === '/cgi-bin/stable_token') {
    const asked: Record<string, unknown> = JSON.parse(Buffer.from(body ?? []).toString());
    const secret = String(asked['secret']);
    const force = asked['force_refresh'] === true;
    return { appId: String(asked['appid']), asked: { kind: 'issue', mode: 'stable', secret, force } };
  }
  const token = parameters.get('access_token') ?? '';
  const appId = appIdOfToken(token);
  if (path === PROBE_PATH) return { appId, asked: { kind: 'probe', token } };
  return { appId, asked: { kind: 'call', token, call: proxiedCallOf(world.calls, parameters) } };
}
