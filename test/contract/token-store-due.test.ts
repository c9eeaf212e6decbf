import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { tokenKey } from '#shared/table/keys.ts';
import { onEveryEngine, TABLE } from './every-engine.ts';
import { NOW, newAppId, onEveryStore, subjectOn } from './token-store-subject.ts';

describe('accounts and when they are due', () => {
  onEveryStore((subject) => {
    const dueAmong = async (appIds: readonly string[], now: number): Promise<readonly string[]> =>
      (await subject().tokens.due(now)).map(({ appId }) => appId).filter((appId) => appIds.includes(appId));

    it('starts the state of a new account: no token, version 0, due at once', async () => {
      const appId = newAppId();
      expect(await subject().tokens.add(appId, NOW)).toBe(true);
      expect(await subject().tokens.read(appId)).toEqual({
        appId,
        disabled: false,
        token: undefined,
        previous: undefined,
        version: 0,
        lease: undefined,
        cooldownEnd: 0,
        failure: undefined,
        suspectAt: undefined,
        refusedAt: undefined,
        provenAt: undefined,
        nextDueAt: NOW,
        issued: {},
        lastForcedAt: undefined,
      });
      expect(await dueAmong([appId], NOW)).toEqual([appId]);
    });

    it('leaves an account alone that has been added before', async () => {
      const appId = newAppId();
      await subject().tokens.add(appId, NOW);
      expect(await subject().tokens.add(appId, NOW + 9)).toBe(false);
      expect((await subject().tokens.read(appId))?.nextDueAt).toBe(NOW);
    });

    it('reads an account that nobody added as absent, either way', async () => {
      expect(await subject().tokens.read('wxnobody')).toBeUndefined();
      expect(await subject().tokens.glance('wxnobody')).toBeUndefined();
    });

    it('glances at the same state as a read', async () => {
      const appId = newAppId();
      await subject().tokens.add(appId, NOW);
      expect(await subject().tokens.glance(appId)).toEqual(await subject().tokens.read(appId));
    });

    it('lists those whose time has come, the earliest first, and nobody else', async () => {
      const [late, early, soon, later] = [newAppId(), newAppId(), newAppId(), newAppId()];
      await subject().tokens.add(late, NOW);
      await subject().tokens.add(early, NOW - 60_000);
      await subject().tokens.add(later, NOW + 1);
      await subject().tokens.add(soon, NOW - 1);
      expect(await dueAmong([late, early, soon, later], NOW)).toEqual([early, soon, late]);
    });

    it('does not list an account that has been taken out of the index', async () => {
      const appId = newAppId();
      await subject().tokens.add(appId, NOW);
      await subject().patch(appId, { disabledAt: NOW, dueGroup: undefined });
      expect(await dueAmong([appId], NOW)).toEqual([]);
      expect((await subject().tokens.read(appId))?.disabled).toBe(true);
    });
  });
});

describe('more due accounts than one page of the index holds', () => {
  onEveryEngine((engine) => {
    it('are all listed, in order', async () => {
      // Long app IDs, so that few accounts fill the engine's page of 1 MB.
      const appIds = Array.from({ length: 1_500 }, (_, n) => `${String(n).padStart(5, '0')}${'x'.repeat(800)}`);
      for (let start = 0; start < appIds.length; start += 25) {
        const puts = appIds
          .slice(start, start + 25)
          .map((appId, n) => ({ PutRequest: { Item: dueItem(appId, start + n) } }));
        await engine().client.send(new BatchWriteItemCommand({ RequestItems: { [TABLE]: puts } }));
      }
      expect((await subjectOn(engine()).tokens.due(NOW)).map(({ appId }) => appId)).toEqual(appIds);
    });
  });
});

function dueItem(appId: string, position: number) {
  const { pk, sk } = tokenKey(appId);
  const nextDueAt = { N: String(NOW - 2_000 + position) };
  return { pk: { S: pk }, sk: { S: sk }, tokenVersion: { N: '0' }, dueGroup: { S: 'due' }, nextDueAt };
}
