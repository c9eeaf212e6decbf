import { describe, expect, it } from 'vitest';
import { createDynamoTokenStore } from '#shared/access-token/token-store.dynamodb.ts';
import { clientOf, onEveryEngine, TABLE } from './every-engine.ts';
import { NOW, newAppId, subjectOn } from './token-store-subject.ts';

const CLIENTS = 200;

describe('two hundred clients and one lease', () => {
  onEveryEngine((engine) => {
    it('have one winner in every round, and one issue is counted', async () => {
      const clients = Array.from({ length: CLIENTS }, () => clientOf(engine().endpoint));
      const stores = clients.map((client) => createDynamoTokenStore(client, TABLE));
      const subject = subjectOn(engine());
      const appId = newAppId();
      await subject.tokens.add(appId, NOW);
      for (const round of [1, 2, 3]) {
        // Every lease has ended by the next round.
        const now = NOW + round * 10_000;
        const outcomes = await Promise.all(
          stores.map((tokens, n) =>
            tokens.acquire({
              appId,
              leaseId: `round-${round}-client-${n}`,
              holder: `client-${n}`,
              reason: { kind: 'missing' },
              version: 0,
              count: { cap: 1_000, forced: false },
              ignoreCooldown: false,
              now,
            }),
          ),
        );
        const winners = outcomes.flatMap(({ won }, n) => (won ? [`client-${n}`] : []));
        const state = await subject.tokens.read(appId);
        expect(winners).toEqual([state?.lease?.holder]);
        expect(state?.issued).toEqual({ '20261120': round });
      }
      for (const client of clients) client.destroy();
    });

    it('never pass the cap of the day, however many prolong at once', async () => {
      const subject = subjectOn(engine());
      const appId = newAppId();
      await subject.tokens.add(appId, NOW);
      await subject.patch(appId, { leaseId: 'mine', leaseHolder: 'me', leaseEnd: NOW + 6_500, issued20261120: 90 });
      const asked = {
        appId,
        leaseId: 'mine',
        version: 0,
        count: { cap: 100, forced: false },
        refused: undefined,
        now: NOW,
      };
      const outcomes = await Promise.all(Array.from({ length: 40 }, () => subject.tokens.extend(asked)));
      expect(outcomes.filter(({ won }) => won)).toHaveLength(10);
      expect((await subject.tokens.read(appId))?.issued).toEqual({ '20261120': 100 });
    });
  });
});
