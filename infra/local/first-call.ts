import { usableToken } from '#shared/access-token/token-state.ts';
import { errcodeEntry } from '#shared/wechat/errcode.ts';
import type { CallGateway, GatewayAnswer } from './gateway-call.undici.ts';
import type { LocalGateway } from './local-gateway.ts';
import { StartFailure } from './start-failure.ts';

/** The call that shows that everything works: it changes nothing and every account may make it. */
export const FIRST_CALL_PATH = '/cgi-bin/get_api_domain_ip';

/** What the first proxied call came to. */
export interface FirstCall {
  readonly answer: GatewayAnswer;
  /** Of the token that it was made with, and that token's life. */
  readonly fingerprint: string;
  readonly tokenLifeMs: number;
}

/**
 * Makes one call through the gateway. Whatever WeChat says is an answer.
 * @throws {StartFailure} when the gateway itself had to answer
 */
export async function makeFirstCall(gateway: LocalGateway, call: CallGateway): Promise<FirstCall> {
  const answer = await call({ path: FIRST_CALL_PATH });
  const cause = answer.headers['x-gateway-error'];
  if (cause !== undefined) throw new StartFailure(troubleOf(answer, gateway.upstream));
  const state = await gateway.tokens.read(gateway.appId);
  const token = state === undefined ? undefined : usableToken(state, Date.now());
  if (token === undefined)
    throw new StartFailure(`The token for ${gateway.appId} is gone again: look at ${gateway.upstream}.`);
  return { answer, fingerprint: token.fingerprint, tokenLifeMs: token.expiresAt - Date.now() };
}

function troubleOf({ text }: GatewayAnswer, upstream: string): string {
  const { errcode, errmsg } = JSON.parse(text) as { errcode: number; errmsg: string };
  const advice = errcodeEntry(errcode)?.advice ?? '';
  return `The first call to ${upstream} failed: errcode ${errcode}, ${errmsg}. ${advice}`;
}
