import { describe, expect, it } from 'vitest';
import { createDynamoLearntQuotaStore } from '#shared/quota/learnt-quotas.dynamodb.ts';
import { NOTHING_LEARNT } from '#shared/quota/learnt-quotas.ts';
import { onEveryEngine, TABLE } from './every-engine.ts';
import { NOW, newAppId } from './token-store-subject.ts';

const USER = '/cgi-bin/user/info';
const quota = { dailyLimit: 5_000, used: 1_200, counted: 1_000, at: NOW };

describe('what WeChat has told of quotas', () => {
  onEveryEngine((engine) => {
    const store = () => createDynamoLearntQuotaStore(engine().client, TABLE);

    it('is nothing at first', async () => {
      expect(await store().read(newAppId())).toEqual(NOTHING_LEARNT);
    });

    it('is kept by endpoint, the newest word of each', async () => {
      const appId = newAppId();
      await store().learn(appId, USER, quota);
      await store().learn(appId, '/cgi-bin/menu/get', { ...quota, dailyLimit: 10_000 });
      await store().learn(appId, USER, { ...quota, dailyLimit: 6_000, at: NOW + 1 });
      await store().learn(appId, USER, { ...quota, dailyLimit: 1, at: NOW });
      expect((await store().read(appId)).quotas).toEqual(
        new Map([
          [USER, { ...quota, dailyLimit: 6_000, at: NOW + 1 }],
          ['/cgi-bin/menu/get', { ...quota, dailyLimit: 10_000 }],
        ]),
      );
      expect(await store().read(newAppId())).toEqual(NOTHING_LEARNT);
    });

    it('is kept with the limit for a short time, where there is one', async () => {
      const appId = newAppId();
      const rateLimit = { calls: 5, seconds: 60 };
      await store().learn(appId, USER, { ...quota, rateLimit });
      expect((await store().read(appId)).quotas.get(USER)).toEqual({ ...quota, rateLimit });
    });

    it('is kept with when the counters were last cleared, all or one endpoint', async () => {
      const appId = newAppId();
      await store().markCleared(appId, undefined, NOW);
      await store().markCleared(appId, USER, NOW + 5);
      await store().markCleared(appId, USER, NOW + 4);
      expect(await store().read(appId)).toEqual({
        quotas: new Map(),
        clearedAt: NOW,
        clearedEndpoints: new Map([[USER, NOW + 5]]),
      });
    });

    it("passes on the engine's error when the table cannot be reached", async () => {
      const elsewhere = createDynamoLearntQuotaStore(engine().client, 'no-such-table');
      const notFound = expect.objectContaining({ name: 'ResourceNotFoundException' });
      await expect(elsewhere.read(newAppId())).rejects.toThrow(notFound);
      await expect(elsewhere.learn(newAppId(), USER, quota)).rejects.toThrow(notFound);
      await expect(elsewhere.markCleared(newAppId(), USER, NOW)).rejects.toThrow(notFound);
    });
  });
});
