import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDynamoTokenStore } from '#shared/access-token/token-store.dynamodb.ts';
import type { TokenStore, WriteOutcome } from '#shared/access-token/token-store.ts';
import { type CuttingProxy, type Play, startCuttingProxy } from './cutting-proxy.ts';
import { clientOf, onEveryEngine, TABLE } from './every-engine.ts';
import { NOW, newAppId, type Subject, storedAttributes, subjectOn, tokenOf } from './token-store-subject.ts';

interface Write {
  readonly name: string;
  readonly prepare: () => Promise<void>;
  readonly write: () => Promise<WriteOutcome>;
  /** What must be so exactly once when the write has happened. */
  readonly done: object;
}

onEveryEngine((engine) => {
  let table: Subject;
  let proxy: CuttingProxy;
  let client: DynamoDBClient;
  let tokens: TokenStore;
  let appId: string;

  beforeAll(async () => {
    table = subjectOn(engine());
    proxy = await startCuttingProxy(engine().endpoint);
  });

  afterAll(() => proxy.close());

  beforeEach(async () => {
    // The SDK stops retrying once a client has spent its budget of retries.
    client = clientOf(proxy.endpoint);
    tokens = createDynamoTokenStore(client, TABLE);
    proxy.play();
    appId = newAppId();
    await table.tokens.add(appId, NOW);
    await table.patch(appId, storedAttributes(tokenOf(), 3));
  });

  afterEach(() => client.destroy());

  const counted = { cap: 10, forced: false };
  const acquire = () =>
    tokens.acquire({
      appId,
      leaseId: 'mine',
      holder: 'environment-1',
      reason: { kind: 'due' },
      version: 3,
      count: counted,
      ignoreCooldown: false,
      now: NOW,
    });
  const takeLease = () => table.patch(appId, { leaseId: 'mine', leaseHolder: 'environment-1', leaseEnd: NOW + 6_500 });
  const failure = { class: 'unavailable', cause: 'reset' } as const;

  const WRITES: readonly Write[] = [
    {
      name: 'acquire',
      prepare: async () => {},
      write: acquire,
      done: { lease: { id: 'mine', end: NOW + 6_500 }, issued: { '20261120': 1 } },
    },
    {
      name: 'extend',
      prepare: takeLease,
      write: () =>
        tokens.extend({
          appId,
          leaseId: 'mine',
          version: 3,
          count: counted,
          refused: { nextDueAt: NOW },
          now: NOW + 1_000,
        }),
      done: { lease: { id: 'mine', end: NOW + 7_500 }, issued: { '20261120': 1 }, refusedAt: NOW + 1_000 },
    },
    {
      name: 'commit of a new token',
      prepare: takeLease,
      write: () => commit(tokenOf({ value: 'token-2', fingerprint: 'fingerprint-2', receivedAt: NOW + 50 })),
      done: {
        version: 4,
        lease: undefined,
        token: { fingerprint: 'fingerprint-2' },
        previous: { fingerprint: 'fingerprint-1' },
      },
    },
    {
      name: 'commit of the same token',
      prepare: takeLease,
      write: () => commit(tokenOf({ receivedAt: NOW + 50 })),
      done: { version: 4, lease: undefined, token: { receivedAt: NOW + 50 }, previous: undefined },
    },
    {
      name: 'fail',
      prepare: takeLease,
      write: () =>
        tokens.fail({
          appId,
          leaseId: 'mine',
          failure,
          count: 1,
          cooldownEnd: NOW + 900,
          suspect: undefined,
          now: NOW,
        }),
      done: { lease: undefined, failure: { count: 1 }, cooldownEnd: NOW + 900, version: 3 },
    },
    {
      name: 'keep',
      prepare: takeLease,
      write: () => tokens.keep({ appId, leaseId: 'mine', version: 3, settled: true, nextDueAt: undefined, now: NOW }),
      done: { lease: undefined, provenAt: NOW },
    },
  ];

  const commit = (token: ReturnType<typeof tokenOf>) =>
    tokens.commit({
      appId,
      leaseId: 'mine',
      version: 3,
      token,
      stored: tokenOf(),
      suspect: false,
      nextDueAt: NOW + 9_000,
    });

  const LOST_AFTER_THE_WRITE: readonly Play[] = ['lose-answer', 'half-answer', 'status-500'];

  describe.each(WRITES)('a $name whose answer is lost', ({ prepare, write, done }) => {
    it.each(LOST_AFTER_THE_WRITE)('counts as won when the retry finds it done (%s)', async (play) => {
      await prepare();
      proxy.play(play);
      const outcome = await write();
      expect(proxy.requests).toBeGreaterThan(1);
      expect(outcome.won).toBe(true);
      expect(outcome.state).toMatchObject(done);
      expect(await table.tokens.read(appId)).toEqual(outcome.state);
    });

    it('counts as won when every retry is lost too and a read shows it done', async () => {
      await prepare();
      proxy.play('lose-answer', 'lose-answer', 'lose-answer');
      const outcome = await write();
      expect(proxy.requests).toBe(4);
      expect(outcome.won).toBe(true);
      expect(outcome.state).toMatchObject(done);
      expect(await table.tokens.read(appId)).toEqual(outcome.state);
    });

    it('ends in an error when the table answers no read either, and is done once', async () => {
      await prepare();
      proxy.play(...Array.from({ length: 6 }, () => 'lose-answer' as const));
      await expect(write()).rejects.toThrow(/ECONNRESET|socket hang up/);
      expect(await table.tokens.read(appId)).toMatchObject(done);
    });

    it('ends in an error when it never reached the table, and has changed nothing', async () => {
      await prepare();
      const before = await table.item(appId);
      proxy.play('lose-request', 'lose-request', 'lose-request');
      await expect(write()).rejects.toThrow(/ECONNRESET|socket hang up/);
      expect(await table.item(appId)).toEqual(before);
    });
  });

  describe('a lost answer and somebody else', () => {
    it('does not take the lease of somebody else for its own', async () => {
      await table.patch(appId, { leaseId: 'theirs', leaseHolder: 'environment-2', leaseEnd: NOW + 5_000 });
      proxy.play('lose-answer');
      expect((await acquire()).won).toBe(false);
    });

    it('does not take the same token, committed by somebody else, for its own commit', async () => {
      await takeLease();
      await table.patch(appId, { tokenVersion: 4, leaseId: 'theirs', doneLeaseId: 'theirs' });
      proxy.play('lose-answer');
      expect((await commit(tokenOf())).won).toBe(false);
    });

    it('reads past the lost answer of a read', async () => {
      proxy.play('lose-answer', 'half-answer');
      expect((await tokens.read(appId))?.version).toBe(3);
    });
  });
});
