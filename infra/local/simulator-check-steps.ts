import type { Simulator } from '../../test/wechat-simulator/simulator.ts';
import { expectErrcode } from './answer-fields.ts';
import type { CheckContext, CheckStep } from './check-step.ts';
import { FIRST_CALL_PATH } from './first-call.ts';

const SEND_PATH = '/cgi-bin/message/custom/send';
const STABLE_TOKEN_PATH = '/cgi-bin/stable_token';
const MESSAGE = '{"touser":"openid-of-a-follower","msgtype":"text","text":{"content":"你好，世界"}}';

/** The steps that nobody wants on a real account: a message is sent, and the token dies. */
export function simulatorCheckSteps(simulator: Simulator): readonly CheckStep[] {
  return [
    { name: 'proxied POST with Chinese text', run: (context) => checkPost(context, simulator) },
    { name: 'dead token is healed', run: (context) => checkHeal(context, simulator) },
  ];
}

async function checkPost({ call }: CheckContext, { log }: Simulator): Promise<string> {
  expectErrcode(await call({ path: SEND_PATH, body: MESSAGE }), 0);
  const arrived = log.entries.findLast(({ path }) => path === SEND_PATH)?.body.toString();
  if (arrived !== MESSAGE) throw new Error('other bytes arrived than were sent');
  return 'arrived byte for byte';
}

async function checkHeal({ call, gateway, tokens }: CheckContext, simulator: Simulator): Promise<string> {
  const account = simulator.account(gateway.appId);
  const issuesBefore = simulator.log.count(STABLE_TOKEN_PATH);
  account.killCurrentToken();
  expectErrcode(await call({ path: FIRST_CALL_PATH }), 0);
  const issues = simulator.log.count(STABLE_TOKEN_PATH) - issuesBefore;
  if (issues !== 1) throw new Error(`WeChat was asked for a token ${issues} times`);
  const token = account.currentToken('stable');
  if (token === undefined) throw new Error('WeChat has no token');
  tokens.add(token);
  return 'the next call was good, WeChat was asked once';
}
