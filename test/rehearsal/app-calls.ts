import { callApi, expectErrcode } from './deployed-api.ts';
import type { PeopledScene } from './scene.ts';

/** A call that changes nothing and that every account may make. */
export const READ_PATH = '/cgi-bin/get_api_domain_ip';
const SEND_PATH = '/cgi-bin/message/custom/send';
const LOGIN_PATH = '/sns/jscode2session';
const MESSAGE = '{"touser":"openid-of-a-follower","msgtype":"text","text":{"content":"你好，世界"}}';

/** An app of the company, as the deployed API meets it. */
export interface AppCalls {
  /** Reads from WeChat with its caller key. */
  read(appId: string): Promise<void>;
  /** Takes a gateway token as an SDK does. */
  gatewayToken(appId: string): Promise<string>;
  /** Sends a message with it; the bytes must arrive as they are, once. */
  send(gatewayToken: string): Promise<void>;
  /** Logs a user in, which takes the app secret that the app does not have. */
  logIn(appId: string): Promise<void>;
}

/** @param apiUrl where the stage is served now */
export function createAppCalls(
  apiUrl: string,
  { caller: { callerKey }, simulator }: Pick<PeopledScene, 'caller' | 'simulator'>,
): AppCalls {
  const once = async (path: string, call: () => ReturnType<typeof callApi>) => {
    const before = simulator.log.count(path);
    const answer = await call();
    expectErrcode(answer, 0);
    const arrived = simulator.log.count(path) - before;
    if (arrived !== 1) throw new Error(`it reached WeChat ${arrived} times`);
    return answer;
  };
  return {
    async read(appId) {
      const headers = { authorization: `Bearer ${callerKey}`, 'x-wechat-appid': appId };
      await once(READ_PATH, () => callApi(apiUrl, READ_PATH, { headers }));
    },
    async gatewayToken(appId) {
      const query = queryOf({ grant_type: 'client_credential', appid: appId, secret: callerKey });
      const answer = await callApi(apiUrl, `/cgi-bin/token${query}`);
      expectErrcode(answer, 0);
      const { access_token: token } = answer.json;
      if (typeof token === 'string') return token;
      throw new Error('the token endpoint answers without a token');
    },
    async send(gatewayToken) {
      const path = `${SEND_PATH}${queryOf({ access_token: gatewayToken })}`;
      await once(SEND_PATH, () => callApi(apiUrl, path, { body: MESSAGE }));
      const arrived = simulator.log.entries.findLast((request) => request.path === SEND_PATH);
      if (arrived?.body.toString() !== MESSAGE) throw new Error('other bytes arrived than were sent');
    },
    async logIn(appId) {
      const query = queryOf({ appid: appId, secret: callerKey, js_code: 'code', grant_type: 'authorization_code' });
      const { json } = await once(LOGIN_PATH, () => callApi(apiUrl, `${LOGIN_PATH}${query}`));
      if (typeof json['openid'] !== 'string') throw new Error('the answer names no user');
    },
  };
}

function queryOf(parameters: Record<string, string>): string {
  return `?${new URLSearchParams(parameters).toString()}`;
}
