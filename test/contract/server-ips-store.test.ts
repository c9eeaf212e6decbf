import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { type ListState, type ListVersion, NOTHING_YET } from '#shared/server-ips/list-state.ts';
import { withNextVersion } from '#shared/server-ips/next-version.ts';
import { createDynamoServerIpsStore } from '#shared/server-ips/server-ips-store.dynamodb.ts';
import { changeState } from '#shared/server-ips/server-ips-store.ts';
import { onEveryEngine, TABLE } from './every-engine.ts';

const AT = Date.UTC(2026, 10, 20);
const ACCOUNT = 'wx0123456789abcdef';
const next = (state: ListState, ...v4: string[]) =>
  withNextVersion(state, { ranges: { v4, v6: ['2402:4e00::/32'] }, reason: 'observed', account: ACCOUNT, at: AT });
const withOneMore = (state: ListState) => next(state, '1.1.1.1/32');

describe('the store of the server IPs', () => {
  onEveryEngine((engine) => {
    const store = () => createDynamoServerIpsStore(engine().client, TABLE);

    it('reads nothing before the first write, and then what was written', async () => {
      expect(await store().read('callback')).toEqual({ state: NOTHING_YET, revision: 0 });
      const state: ListState = {
        ...next(NOTHING_YET, '1.1.1.1/32'),
        pending: {
          ranges: { v4: ['2.2.2.2/32'], v6: [] },
          since: AT,
          days: ['20261120', '20261121'],
          account: ACCOUNT,
        },
        refused: { reason: 'forbidden', text: '10.0.0.0/8', at: AT, account: ACCOUNT },
        checked: { at: AT, account: ACCOUNT },
      };
      expect(await store().replace('callback', state, 0)).toBe(true);
      expect(await store().read('callback')).toEqual({ state, revision: 1 });
      expect(await store().glance('callback')).toEqual({ state, revision: 1 });
      expect(await store().replace('callback', NOTHING_YET, 1)).toBe(true);
      expect(await store().read('callback')).toEqual({ state: NOTHING_YET, revision: 2 });
      expect((await store().read('api-domain')).revision).toBe(0);
    });

    it('refuses a write on a revision that is not the stored one', async () => {
      const { state, revision } = await store().read('callback');
      for (const wrong of [0, revision - 1, revision + 1]) {
        expect(await store().replace('callback', state, wrong)).toBe(false);
      }
      expect((await store().read('callback')).revision).toBe(revision);
    });

    it('loses no change of many at the same moment', async () => {
      const before = (await store().read('callback')).state.applied?.version ?? 0;
      await Promise.all(Array.from({ length: 4 }, () => changeState(store(), 'callback', withOneMore)));
      expect((await store().read('callback')).state.applied?.version).toBe(before + 4);
    });

    it('keeps each version for 400 days, the newest first, once however often it is recorded', async () => {
      const first = withOneMore(NOTHING_YET).applied;
      const versions = Array.from({ length: 11 }, (_, index) => ({ ...first, version: index + 1 }) as ListVersion);
      for (const version of [...versions, ...versions]) await store().record('api-domain', version);
      const history = await store().history('api-domain');
      expect(history.map(({ version }) => version)).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
      expect(history[0]).toEqual(versions.at(-1));
      const { Item } = await engine().client.send(
        new GetItemCommand({
          TableName: TABLE,
          Key: { pk: { S: 'IPS#api-domain' }, sk: { S: 'VERSION#00000011' } },
        }),
      );
      expect(Number(Item?.['removeAfter']?.N)).toBe(AT / 1_000 + 400 * 86_400);
    });

    it('never lets DynamoDB remove what is applied', async () => {
      const { Item } = await engine().client.send(
        new GetItemCommand({ TableName: TABLE, Key: { pk: { S: 'IPS#callback' }, sk: { S: 'CURRENT' } } }),
      );
      expect(Item).not.toHaveProperty('removeAfter');
    });
  });
});
