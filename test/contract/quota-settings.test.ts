import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { createDynamoAccountStore } from '#shared/account/account-store.dynamodb.ts';
import type { Caller } from '#shared/caller/caller.ts';
import { createCallerId } from '#shared/caller/caller-key.ts';
import { createDynamoCallerStore } from '#shared/caller/caller-store.dynamodb.ts';
import { createSealingKey } from '#shared/caller/user-token.ts';
import type { QuotaRule } from '#shared/quota/quota-rule.ts';
import type { Item } from '#shared/table/attributes.dynamodb.ts';
import { accountKey } from '#shared/table/keys.ts';
import { MalformedItem } from '#shared/table/malformed-item.ts';
import { createDynamoAccountItems } from '../../infra/operator/account-items.dynamodb.ts';
import { onEveryEngine, TABLE } from './every-engine.ts';
import { NOW, newAppId } from './token-store-subject.ts';

const USER = '/cgi-bin/user/info';
const newAccount = () =>
  ({ appId: newAppId(), displayName: 'Shop', mode: 'stable', testAccount: false, addedAt: NOW }) as const;

const callerWith = (shares: Caller['shares']): Caller => ({
  id: createCallerId(),
  name: 'shop',
  disabled: false,
  keys: [],
  sealingKey: createSealingKey(),
  grants: [],
  ...(shares && { shares }),
});

onEveryEngine((engine) => {
  const accounts = () => createDynamoAccountStore(engine().client, TABLE);
  const items = () => createDynamoAccountItems(engine().client, TABLE);
  const callers = () => createDynamoCallerStore(engine().client, TABLE);

  describe('how an account shares its quotas', () => {
    it('is kept with the account, by endpoint', async () => {
      const account = newAccount();
      const quotaRules: readonly QuotaRule[] = [
        { endpoint: '*', reservePercent: 10 },
        { endpoint: USER, calls: 5_000_000, reservePercent: 20, eachPercent: 3 },
      ];
      await accounts().put({ ...account, quotaRules });
      expect(await accounts().get(account.appId)).toEqual({ ...account, quotaRules });
    });

    it('is changed rule by rule, by several operators at once', async () => {
      const account = newAccount();
      await accounts().put(account);
      const endpoints = Array.from({ length: 20 }, (_, n) => `/cgi-bin/path${String(n).padStart(2, '0')}`);
      await Promise.all(endpoints.map((endpoint) => items().setQuotaRule(account.appId, { endpoint, calls: 5 })));
      await items().setQuotaRule(account.appId, { endpoint: USER });
      const rules = endpoints.map((endpoint) => ({ endpoint, calls: 5 }));
      expect((await accounts().get(account.appId))?.quotaRules).toEqual([...rules, { endpoint: USER }]);
      await Promise.all(endpoints.map((endpoint) => items().unsetQuotaRule(account.appId, endpoint)));
      await items().unsetQuotaRule(account.appId, USER);
      await items().unsetQuotaRule(account.appId, USER);
      expect(await accounts().get(account.appId)).toEqual(account);
    });

    it('is nothing for an account that nobody added, and adds none', async () => {
      const appId = newAppId();
      expect(await items().setQuotaRule(appId, { endpoint: USER })).toBe(false);
      expect(await accounts().get(appId)).toBeUndefined();
    });

    it.each<[string, Item[string]]>([
      ['no map', { S: 'x' }],
      ['a reserve under 5 percent', { M: { reservePercent: { N: '1' } } }],
      ['calls that are no number', { M: { calls: { S: 'many' } } }],
    ])('is malformed, not unshared, when it is %s', async (_what, value) => {
      const account = newAccount();
      await accounts().put(account);
      const { pk, sk } = accountKey(account.appId);
      await engine().client.send(
        new UpdateItemCommand({
          TableName: TABLE,
          Key: { pk: { S: pk }, sk: { S: sk } },
          UpdateExpression: 'SET #rule = :value',
          ExpressionAttributeNames: { '#rule': `quotaRule:${USER}` },
          ExpressionAttributeValues: { ':value': value },
        }),
      );
      await expect(accounts().get(account.appId)).rejects.toThrow(MalformedItem);
    });
  });

  describe("a caller's shares", () => {
    it('are kept with the caller', async () => {
      const caller = callerWith([
        { appId: 'wx1', endpoint: USER, calls: 1 },
        { appId: 'wx2', endpoint: USER, calls: 5_000_000 },
      ]);
      await callers().put(caller);
      expect(await callers().get(caller.id)).toEqual(caller);
    });

    it.each([
      ['shares.calls', { appId: 'wx1', endpoint: USER, calls: 0 }],
      ['shares.calls', { appId: 'wx1', endpoint: USER, calls: 1.5 }],
      ['shares.endpoint', { appId: 'wx1', endpoint: 'user', calls: 1 }],
      ['shares.appId', { appId: '', endpoint: USER, calls: 1 }],
    ])('cannot have the %s of %j', async (attribute, share) => {
      await expect(callers().put(callerWith([share]))).rejects.toThrow(attribute);
    });
  });
});
