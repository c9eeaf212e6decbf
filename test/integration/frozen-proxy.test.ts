import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type Rig, startRig } from '../gateway-rig.ts';
import { startChild } from './processes/child.ts';
import { functionEnvironment } from './processes/function-environment.ts';

const APP_ID = 'wx0123456789abcdef';
const CALLS = 20;
/** WeChat's side gives up idle connections while the proxy is frozen and cannot see it. */
const RESET_IDLE_AFTER_MS = 2_000;
const PATH = '/cgi-bin/message/custom/send';

/** A POST that must not be sent twice, over one of the agent's connections. */
async function send(url: string, agent: Agent, rig: Rig, content: string): Promise<unknown> {
  const headers = { authorization: `Bearer ${rig.callerKey}`, 'content-type': 'application/json' };
  const outgoing = httpRequest(`${url}${PATH}`, { method: 'POST', agent, headers });
  outgoing.end(JSON.stringify({ touser: 'o1', msgtype: 'text', text: { content } }));
  // The one argument of node:http's event.
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  return json(incoming);
}

const sendAll = (url: string, agent: Agent, rig: Rig, round: string) =>
  Promise.all(Array.from({ length: CALLS }, (_, i) => send(url, agent, rig, `${round} ${i}`)));

const texts = (rig: Rig): readonly string[] =>
  rig.simulator.log.entries.filter(({ path }) => path === PATH).map(({ body }) => body.toString());

/**
 * Two things guard against dead connections: those that were idle for 4 s are closed by a timer, and those that were idle for 3 s by the
 * wall clock are not used. Timers see the pause that SIGSTOP makes, so 7 s need one of the two and 3.5 s need the second. (A frozen Lambda
 * environment need not have timers that see the pause.)
 */
it.each([3_500, 7_000])(
  'a proxy that was frozen for %d ms in front of an upstream that resets idle connections fails no POST and sends none twice',
  async (frozenMs) => {
    const rig = await startRig({
      accounts: [{ appId: APP_ID, appSecret: 'a'.repeat(32) }],
      connections: { resetIdleAfterMs: RESET_IDLE_AFTER_MS },
    });
    const proxy = startChild<string>('./call-wechat-api.ts', functionEnvironment(rig));
    const agent = new Agent({ keepAlive: true });
    try {
      await rig.refreshEnvironment().invoke({});
      const url = await proxy.message;
      const good = Array.from({ length: CALLS }, () => ({ errcode: 0, errmsg: 'ok' }));
      expect(await sendAll(url, agent, rig, 'before')).toEqual(good);

      proxy.signal('SIGSTOP');
      // Sent now, on connections that the proxy has open: on waking it reads them before it learns of any reset, as an environment of Lambda
      // is woken by the call it is to answer.
      const answers = sendAll(url, agent, rig, 'after');
      await delay(frozenMs);
      proxy.signal('SIGCONT');

      expect(await answers).toEqual(good);
      const sent = texts(rig);
      expect(new Set(sent).size).toBe(2 * CALLS);
      expect(sent).toHaveLength(2 * CALLS);
    } finally {
      agent.destroy();
      await proxy.end();
      await rig.close();
    }
  },
);
