import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import type { Account } from '#shared/account/account.ts';
import { createDynamoAccountStore } from '#shared/account/account-store.dynamodb.ts';
import { accountKey } from '#shared/table/keys.ts';
import { onEveryEngine, TABLE } from './every-engine.ts';
import { NOW, newAppId, subjectOn } from './token-store-subject.ts';

const account = (changes: Partial<Account> = {}): Account => ({
  appId: newAppId(),
  displayName: '商店 "shop" \u{1F600}',
  mode: 'stable',
  testAccount: false,
  addedAt: NOW,
  ...changes,
});

describe('the accounts in the table', () => {
  onEveryEngine((engine) => {
    const store = () => createDynamoAccountStore(engine().client, TABLE);

    it.each([account(), account({ mode: 'classic', testAccount: true })])(
      'come back as they were put ($mode)',
      async (put) => {
        await store().put(put);
        expect(await store().get(put.appId)).toEqual(put);
      },
    );

    it('are absent until somebody adds them', async () => {
      expect(await store().get('wxnobody')).toBeUndefined();
    });

    it('may be put twice, and put anew with other contents', async () => {
      const first = account();
      await store().put(first);
      await store().put(first);
      expect(await store().get(first.appId)).toEqual(first);
      await store().put({ ...first, mode: 'classic', displayName: 'renamed' });
      expect(await store().get(first.appId)).toEqual({ ...first, mode: 'classic', displayName: 'renamed' });
    });

    it('are nothing that a token’s state could be taken for, nor the other way round', async () => {
      const one = account();
      await store().put(one);
      expect(await subjectOn(engine()).tokens.read(one.appId)).toBeUndefined();
      const other = newAppId();
      await subjectOn(engine()).tokens.add(other, NOW);
      expect(await store().get(other)).toBeUndefined();
    });

    it.each([
      ['displayName', { N: '1' }],
      ['tokenMode', { S: 'weekly' }],
      ['addedAt', { S: 'yesterday' }],
    ])('are never taken for absent when an item is malformed: %s', async (attribute, value) => {
      const put = account();
      const { pk, sk } = accountKey(put.appId);
      const good = { displayName: { S: 'x' }, tokenMode: { S: 'stable' }, addedAt: { N: '1' } };
      const Item = { pk: { S: pk }, sk: { S: sk }, ...good, [attribute]: value };
      await engine().client.send(new PutItemCommand({ TableName: TABLE, Item }));
      await expect(store().get(put.appId)).rejects.toThrow(attribute);
    });
  });
});
