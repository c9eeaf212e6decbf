import { checkAccessToken } from './access-checks.ts';
import { type Answer, refused } from './answers.ts';
import type { Call } from './call.ts';
import { endpointAt } from './catalogue.ts';
import { dailyLimit, type Endpoint, type TokenEndpoint } from './endpoint.ts';
import type { Platform } from './platform.ts';
import { Refusal } from './refusal.ts';

/**
 * Does the call's work and says what WeChat would answer. The order: path (40066), method (43001, 43002), credentials, daily
 * quota (45009), the call itself. Business errors are HTTP 200.
 */
export async function answerCall(platform: Platform, call: Call): Promise<Answer> {
  const endpoint = endpointAt(call.path);
  try {
    if (!endpoint) throw new Refusal(40066);
    if (call.method !== endpoint.method) throw new Refusal(endpoint.method === 'GET' ? 43001 : 43002);
    return await handle(endpoint, platform, call);
  } catch (error) {
    // A Refusal is how an endpoint says no; anything else is a fault of the simulator.
    if (!(error instanceof Refusal)) throw error;
    return refused(error.errcode, error.message, call.rid, endpoint);
  }
}

async function handle(endpoint: Endpoint, platform: Platform, call: Call): Promise<Answer> {
  if (endpoint.auth === 'own') return endpoint.handle(call, platform);
  return await handleWithToken(endpoint, platform, call);
}

async function handleWithToken(endpoint: TokenEndpoint, platform: Platform, call: Call): Promise<Answer> {
  const account = checkAccessToken(platform, call);
  if (account.dailyCalls.used(call.path) >= dailyLimit(endpoint, account)) throw new Refusal(45009);
  if (account.minuteCalls.used(call.path) >= (endpoint.perMinute ?? Infinity)) throw new Refusal(45009);
  account.dailyCalls.add(call.path);
  account.minuteCalls.add(call.path);
  return await endpoint.handle(call, account, platform);
}
