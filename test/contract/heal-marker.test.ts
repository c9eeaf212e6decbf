import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { createDynamoHealMarkers } from '#shared/access-token/heal-marker.dynamodb.ts';
import { HEAL_MARKER_MS, NO_TOKEN } from '#shared/access-token/heal-marker.ts';
import { healKey } from '#shared/table/keys.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import { clientOf, onEveryEngine, TABLE } from './every-engine.ts';
import { NOW, newAppId } from './token-store-subject.ts';

const CALLERS = 200;

describe('the marker of a heal', () => {
  onEveryEngine((engine) => {
    const markers = (client = engine().client) => createDynamoHealMarkers(client, TABLE);
    const markedAt = async (appId: string) => {
      const { pk, sk } = healKey(appId);
      const Key = { pk: { S: pk }, sk: { S: sk } };
      const { Item } = await engine().client.send(new GetItemCommand({ TableName: TABLE, Key, ConsistentRead: true }));
      return Number(Item?.['markedAt']?.N ?? 0);
    };

    it('goes to the first who claims it, and to nobody else while it is young', async () => {
      const appId = newAppId();
      expect(await markers().claim(appId, 'fingerprint-1', NOW)).toBe(true);
      expect(await markers().claim(appId, 'fingerprint-1', NOW)).toBe(false);
      expect(await markers().claim(appId, 'fingerprint-1', NOW + HEAL_MARKER_MS - 1)).toBe(false);
      expect(await markedAt(appId)).toBe(NOW);
    });

    it('may be claimed again when it is 7.5 s old, from then on by the new one', async () => {
      const appId = newAppId();
      await markers().claim(appId, 'fingerprint-1', NOW);
      expect(await markers().claim(appId, 'fingerprint-1', NOW + 7_500)).toBe(true);
      expect(await markers().claim(appId, 'fingerprint-1', NOW + 14_999)).toBe(false);
      expect(await markers().claim(appId, 'fingerprint-1', NOW + 15_000)).toBe(true);
    });

    it('is not in the way of the heal of another token, nor of one that is missing', async () => {
      const appId = newAppId();
      for (const fingerprint of ['fingerprint-1', 'fingerprint-2', NO_TOKEN]) {
        expect(await markers().claim(appId, fingerprint, NOW)).toBe(true);
        expect(await markers().claim(appId, fingerprint, NOW)).toBe(false);
      }
    });

    it('is one of its own per account', async () => {
      expect(await markers().claim(newAppId(), 'fingerprint-1', NOW)).toBe(true);
      expect(await markers().claim(newAppId(), 'fingerprint-1', NOW)).toBe(true);
    });

    it('is not taken from a clock that is ahead by one that is behind', async () => {
      const appId = newAppId();
      await markers().claim(appId, 'fingerprint-1', NOW + 2_000);
      expect(await markers().claim(appId, 'fingerprint-1', NOW)).toBe(false);
      expect(await markedAt(appId)).toBe(NOW + 2_000);
    });

    it('goes to one of two hundred callers in every round', async () => {
      const clients = Array.from({ length: CALLERS }, () => clientOf(engine().endpoint));
      const appId = newAppId();
      for (const round of [0, 1, 2]) {
        const now = NOW + round * HEAL_MARKER_MS;
        const claims = await Promise.all(clients.map((client) => markers(client).claim(appId, 'fingerprint-1', now)));
        expect(claims.filter(Boolean)).toHaveLength(1);
        expect(await markedAt(appId)).toBe(now);
      }
      for (const client of clients) client.destroy();
    });

    it.each(['lose-answer', 'half-answer', 'status-500'] as const)(
      'is known for its own when the answer to the claim is lost (%s)',
      async (play) => {
        const proxy = await startCuttingProxy(engine().endpoint);
        const client = clientOf(proxy.endpoint);
        const appId = newAppId();
        proxy.play(play);
        expect(await markers(client).claim(appId, 'fingerprint-1', NOW)).toBe(true);
        expect(proxy.requests).toBe(2);
        proxy.play(play);
        expect(await markers(client).claim(appId, 'fingerprint-1', NOW + 1)).toBe(false);
        client.destroy();
        await proxy.close();
      },
    );

    it("passes on the engine's error when the table cannot be written", async () => {
      const elsewhere = createDynamoHealMarkers(engine().client, 'no-such-table');
      await expect(elsewhere.claim(newAppId(), 'fingerprint-1', NOW)).rejects.toThrow(
        expect.objectContaining({ name: 'ResourceNotFoundException' }),
      );
    });
  });
});
