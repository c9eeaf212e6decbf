import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refresh } from '#shared/access-token/refresh.ts';
import { parseRefreshEvent } from '#shared/access-token/refresh-event.ts';
import { tokenKey } from '#shared/table/keys.ts';
import { type Rig, startRig } from '../gateway-rig.ts';
import { createMovableClock, type MovableClock } from '../movable-clock.ts';

const STABLE = { appId: 'wxffffffffffffffff', appSecret: 'f1b2c3d4e5f60718293a4b5c6d7e8f9f' };
const CLASSIC = {
  appId: 'wx1111111111111111',
  appSecret: '11b2c3d4e5f60718293a4b5c6d7e8f91',
  mode: 'classic',
} as const;
const TEST_ACCOUNT = { appId: 'wx2222222222222222', appSecret: '21b2c3d4e5f60718293a4b5c6d7e8f92', testAccount: true };
const LEAKED = { kind: 'leaked' } as const;
const OPERATOR = { kind: 'operator' } as const;

describe('issues that an operator asks for', () => {
  let clock: MovableClock;
  let rig: Rig;
  let environment: ReturnType<Rig['refreshEnvironment']>;
  beforeEach(async () => {
    clock = createMovableClock();
    rig = await startRig({ accounts: [STABLE, CLASSIC, TEST_ACCOUNT], clock });
    environment = rig.refreshEnvironment();
  });
  afterEach(() => rig.close());

  const setNumber = async (appId: string, attribute: string, value: number): Promise<void> => {
    const { pk, sk } = tokenKey(appId);
    await rig.dynamodbClient().send(
      new UpdateItemCommand({
        TableName: rig.tableName,
        Key: { pk: { S: pk }, sk: { S: sk } },
        UpdateExpression: 'SET #attribute = :value',
        ExpressionAttributeNames: { '#attribute': attribute },
        ExpressionAttributeValues: { ':value': { N: String(value) } },
      }),
    );
  };

  it('happen though nothing is due and a failure has set a pause, and end that pause', async () => {
    const account = rig.simulator.account(STABLE.appId);
    account.freezeSecret();
    expect(await refresh(environment.dependencies, STABLE.appId, { kind: 'due' })).toMatchObject({ kind: 'failed' });
    account.unfreezeSecret();
    expect(await refresh(environment.dependencies, STABLE.appId, { kind: 'due' })).toMatchObject({ kind: 'cooling' });
    expect(await refresh(environment.dependencies, STABLE.appId, OPERATOR)).toMatchObject({ kind: 'committed' });
    expect(await refresh(environment.dependencies, STABLE.appId, OPERATOR)).toMatchObject({ kind: 'committed' });
    expect(await rig.tokens.read(STABLE.appId)).toMatchObject({ cooldownEnd: 0, failure: { count: 0 } });
  });

  it('read the app secret past the memory, so that a wrong new one is not taken for the old one', async () => {
    await refresh(environment.dependencies, STABLE.appId, OPERATOR);
    const SecretString = JSON.stringify({ appSecret: 'no-secret-of-this-account' });
    await rig.secretsManager.send(
      new PutSecretValueCommand({ SecretId: `${rig.secretPrefix}${STABLE.appId}`, SecretString }),
    );
    expect(await refresh(environment.dependencies, STABLE.appId, OPERATOR)).toMatchObject({
      kind: 'failed',
      failure: { errcode: 40125 },
    });
  });

  it('have 50 more a day than the schedule, and past those nothing is sent or recorded', async () => {
    const { appId } = TEST_ACCOUNT;
    await setNumber(appId, 'issued20261120', 100);
    expect(await refresh(environment.dependencies, appId, OPERATOR)).toMatchObject({ kind: 'committed' });
    await setNumber(appId, 'issued20261120', 150);
    const before = await rig.tokens.read(appId);
    expect(await refresh(environment.dependencies, appId, OPERATOR)).toEqual({
      kind: 'not-allowed',
      cause: 'issues-used-up',
      retryAt: Date.UTC(2026, 10, 20, 16),
    });
    expect(await rig.tokens.read(appId)).toEqual(before);
  });

  it('for a leaked token are forced in stable mode, at least 30 s apart', async () => {
    const account = rig.simulator.account(STABLE.appId);
    await refresh(environment.dependencies, STABLE.appId, OPERATOR);
    const leaked = account.currentToken('stable') ?? '';
    const first = await refresh(environment.dependencies, STABLE.appId, LEAKED);
    expect(first).toMatchObject({ kind: 'committed', forced: true });
    expect(account.accepts(leaked)).toBe(false);
    const tooSoon = await refresh(environment.dependencies, STABLE.appId, LEAKED);
    expect(tooSoon).toEqual({ kind: 'not-allowed', cause: 'forced-too-soon', retryAt: clock.now() + 30_000 });
    await clock.advance(30_000);
    expect(await refresh(environment.dependencies, STABLE.appId, LEAKED)).toMatchObject({ kind: 'committed' });
    expect(account.issued('forced')).toBe(2);
  });

  it('for a leaked token end when the 20 forced issues of a day are used up', async () => {
    await setNumber(STABLE.appId, 'forced20261120', 20);
    expect(await refresh(environment.dependencies, STABLE.appId, LEAKED)).toMatchObject({
      kind: 'not-allowed',
      cause: 'forced-issues-used-up',
    });
  });

  it('for a leaked token are ordinary ones in classic mode', async () => {
    const account = rig.simulator.account(CLASSIC.appId);
    await refresh(environment.dependencies, CLASSIC.appId, OPERATOR);
    const leaked = account.currentToken('classic') ?? '';
    for (let issue = 0; issue < 2; issue += 1) {
      expect(await refresh(environment.dependencies, CLASSIC.appId, LEAKED)).toMatchObject({
        kind: 'committed',
        forced: false,
      });
      await clock.advance(31_000);
    }
    expect(account.accepts(leaked)).toBe(false);
  });

  it('make the account due and suspect when the answer to a forced one was lost: the token before may be dead', async () => {
    await refresh(environment.dependencies, STABLE.appId, OPERATOR);
    rig.simulator.faults.add({ path: '/cgi-bin/stable_token', kind: 'reset', when: 'after' });
    expect(await refresh(environment.dependencies, STABLE.appId, LEAKED)).toMatchObject({ kind: 'failed' });
    const state = await rig.tokens.read(STABLE.appId);
    expect(state).toMatchObject({ suspectAt: clock.now(), nextDueAt: clock.now() });
  });

  it('are refused as an event that names anything else', () => {
    const appId = STABLE.appId;
    expect(parseRefreshEvent({ appId, operatorRequest: 'leaked' })).toEqual({
      kind: 'operator',
      appId,
      reason: LEAKED,
    });
    const wrong = [
      { operatorRequest: 'leaked' },
      { appId, operatorRequest: 'due' },
      { appId, operatorRequest: 'operator', refusedFingerprint: '0123456789abcdef' },
    ];
    for (const event of wrong) expect(() => parseRefreshEvent(event)).toThrow(/field/);
  });
});
