import { json } from '../answers.ts';
import { jsonBody, text } from '../call.ts';
import type { Endpoints } from '../endpoint.ts';
import { Refusal } from '../refusal.ts';

const ACTIONS = new Set(['all', 'dns', 'ping']);
const OPERATORS = new Set(['DEFAULT', 'CHINANET', 'UNICOM', 'CAP']);

/** Both IP lists and the network check (doc/service/api/base/). */
export const serverIpEndpoints: Endpoints = {
  '/cgi-bin/getcallbackip': {
    method: 'GET',
    auth: 'access-token',
    handle: (_call, _account, platform) => json({ ip_list: platform.callbackIps }),
  },
  '/cgi-bin/get_api_domain_ip': {
    method: 'GET',
    auth: 'access-token',
    handle: (_call, _account, platform) => json({ ip_list: platform.apiDomainIps }),
  },
  '/cgi-bin/callback/check': {
    method: 'POST',
    auth: 'access-token',
    handle(call) {
      const fields = jsonBody(call);
      const action = text(fields, 'action') ?? '';
      if (!ACTIONS.has(action)) throw new Refusal(40202);
      if (!OPERATORS.has(text(fields, 'check_operator') ?? '')) throw new Refusal(40203);
      const dns = [{ ip: '203.0.113.10', real_operator: 'UNICOM' }];
      const ping = [{ ip: '203.0.113.10', from_operator: 'UNICOM', package_loss: '0%', time: '23.079ms' }];
      return json({ ...(action !== 'ping' && { dns }), ...(action !== 'dns' && { ping }) });
    },
  },
};
