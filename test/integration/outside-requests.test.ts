import { expect, it } from 'vitest';
import { type ReadyLine, startRun } from './start-run.ts';
import { APP_ID, callGateway, startWechat } from './start-scene.ts';

const REQUESTS = 200;
const CALL_PATH = '/cgi-bin/user/info';

const openIds = (round: string): readonly string[] => Array.from({ length: REQUESTS }, (_, i) => `o${round}${i}`);

/** All at once, each with an openid of its own. */
async function callAll(ready: ReadyLine, round: string): Promise<readonly unknown[]> {
  const answers = await Promise.all(
    openIds(round).map((openId) => callGateway(ready, `${CALL_PATH}?openid=${openId}`)),
  );
  return answers.map(({ openid, errcode, errmsg }) => openid ?? `${String(errcode)} ${String(errmsg)}`);
}

it('200 concurrent requests from outside through the running gateway cost one issue, and one more when their token dies', async () => {
  const { simulator, flags, environment } = await startWechat();
  const run = startRun([...flags, '--json'], environment);
  const ready = await run.ready();

  expect(await callAll(ready, 'first')).toEqual(openIds('first'));
  expect(simulator.log.count(/token$/)).toBe(1);
  expect(simulator.log.count(CALL_PATH)).toBe(REQUESTS);

  simulator.account(APP_ID).killCurrentToken();
  const before = simulator.log.entries.length;
  expect(await callAll(ready, 'dead')).toEqual(openIds('dead'));
  expect(simulator.log.count(/token$/)).toBe(2);
  const healed = simulator.log.entries.slice(before);
  expect(healed.filter(({ path }) => path === '/cgi-bin/get_api_domain_ip')).toHaveLength(1);
  // A request either met the dead token and was replayed once, or came when the next one was there.
  for (const openId of openIds('dead')) {
    const errcodes = healed.filter(({ query }) => query.get('openid') === openId).map((entry) => entry.answeredErrcode);
    expect([[40001, undefined], [undefined]]).toContainEqual(errcodes);
  }
});
