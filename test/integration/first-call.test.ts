import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createCallerId, createCallerKey } from '#shared/caller/caller-key.ts';
import { type CountedEngine, startCountedEngine } from '../bench/counted-engine.ts';
import { type Rig, startRig } from '../gateway-rig.ts';
import { createMovableClock } from '../movable-clock.ts';
import { simulatedAccount } from './callers.ts';

const account = { ...simulatedAccount(), mode: 'stable' as const };
const CALL = { path: '/cgi-bin/user/info', query: 'openid=o1' };
const NAMED = { ...CALL, headers: { 'x-wechat-appid': account.appId } };

let engine: CountedEngine;
let rig: Rig;

beforeEach(async () => {
  engine = await startCountedEngine();
  rig = await startRig({ accounts: [account], dynamodb: engine, clock: createMovableClock() });
  onTestFinished(() => rig.close());
  await rig.refreshEnvironment().invoke({});
  engine.takeRequests();
});

const asked = () => engine.takeRequests().map(({ operation, kinds }) => [operation, ...kinds.toSorted()].join(' '));

describe('the first call of an environment', () => {
  it('is one request to the table, and notes the use of the key', async () => {
    expect(await rig.callEnvironment().call(NAMED)).toMatchObject({ statusCode: 200 });
    expect(asked()).toEqual(['BatchGetItem ACCOUNT CALLER TOKEN USAGE', 'UpdateItem USAGE']);
  });

  it('writes nothing where another environment has noted the use of the key in this hour', async () => {
    await rig.callEnvironment().call(NAMED);
    engine.takeRequests();
    expect(await rig.callEnvironment().call(NAMED)).toMatchObject({ statusCode: 200 });
    expect(asked()).toEqual(['BatchGetItem ACCOUNT CALLER TOKEN USAGE']);
  });

  it('reads the account and the token together once the caller is known, where nothing names the account', async () => {
    expect(await rig.callEnvironment().call(CALL)).toMatchObject({ statusCode: 200 });
    expect(asked()).toEqual(['BatchGetItem CALLER USAGE', 'BatchGetItem ACCOUNT TOKEN', 'UpdateItem USAGE']);
  });

  it.each(['', 'x'.repeat(5_000), '../token', 'wx 1'])(
    'takes no name for an account that can be none (%#): the caller is read, and the account is unknown',
    async (name) => {
      const answer = await rig.callEnvironment().call({ ...CALL, headers: { 'x-wechat-appid': name } });
      expect(answer.headers['x-gateway-error']).toBe('unknown-account');
      expect(asked()).toEqual(['BatchGetItem CALLER USAGE']);
    },
  );

  it('of nobody’s key reads once, is refused, and reads nothing for the next ten seconds', async () => {
    const environment = rig.callEnvironment();
    const headers = { ...NAMED.headers, authorization: `Bearer ${createCallerKey(createCallerId())}` };
    for (const requests of [['BatchGetItem ACCOUNT CALLER TOKEN USAGE'], []]) {
      const answer = await environment.call({ ...CALL, headers });
      expect(answer.headers['x-gateway-error']).toBe('unknown-key');
      expect(asked()).toEqual(requests);
    }
    expect(rig.simulator.log.count(CALL.path)).toBe(0);
  });
});
