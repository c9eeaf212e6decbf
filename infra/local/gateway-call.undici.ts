import { Agent, request } from 'undici';

/** A call to the gateway; a POST when it has a body. */
export interface GatewayCall {
  readonly path: string;
  readonly body?: string;
  /** In place of the demo caller's. */
  readonly callerKey?: string;
}

/** What the gateway answered. */
export interface GatewayAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Calls the gateway as an app does, over HTTP. @throws undici's error when it does not answer */
export type CallGateway = (call: GatewayCall) => Promise<GatewayAnswer>;

/** Calls as the demo caller, for its account. The environment's proxy settings do not apply: the gateway is on this machine. */
export function createGatewayCaller(gateway: {
  readonly url: string;
  readonly appId: string;
  readonly callerKey: string;
}): CallGateway {
  const dispatcher = new Agent();
  return async ({ path, body, callerKey }) => {
    const answer = await request(`${gateway.url}${path}`, {
      dispatcher,
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${callerKey ?? gateway.callerKey}`,
        'x-wechat-appid': gateway.appId,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body }),
    });
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  };
}
