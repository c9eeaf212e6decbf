import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import type { Caller, CallerLimits } from '#shared/caller/caller.ts';
import { createCallerId } from '#shared/caller/caller-key.ts';
import { createDynamoCallerStore } from '#shared/caller/caller-store.dynamodb.ts';
import { MalformedCaller } from '#shared/caller/caller-store.ts';
import { createSealingKey } from '#shared/caller/user-token.ts';
import { callerKey } from '#shared/table/keys.ts';
import { onEveryEngine, TABLE } from './every-engine.ts';

function newCaller(changes: Partial<Caller> = {}): Caller {
  return {
    id: createCallerId(),
    name: 'shop',
    disabled: false,
    keys: [],
    sealingKey: createSealingKey(),
    grants: [],
    ...changes,
  };
}

describe('a stored caller', () => {
  onEveryEngine((engine) => {
    const store = () => createDynamoCallerStore(engine().client, TABLE);

    it.each<[CallerLimits]>([[{ perMinute: 1 }], [{ perDay: 100_000 }], [{ perMinute: 600, perDay: 5_000_000 }], [{}]])(
      'keeps its limits %j',
      async (limits) => {
        const caller = newCaller({ limits });
        await store().put(caller);
        expect(await store().get(caller.id)).toEqual(caller);
      },
    );

    it('loses limits that are no longer given', async () => {
      const unlimited = newCaller();
      await store().put({ ...unlimited, limits: { perDay: 1 } });
      await store().put(unlimited);
      expect(await store().get(unlimited.id)).toEqual(unlimited);
    });

    it('keeps grants by category and every permission', async () => {
      const allow = ['category:menus', 'category:qr-codes', 'quota:clear', 'rid:read'];
      const caller = newCaller({ grants: [{ appId: 'wx1', allow }] });
      await store().put(caller);
      expect(await store().get(caller.id)).toEqual(caller);
    });

    it.each([
      ['limits.perMinute', { perMinute: 0 }],
      ['limits.perMinute', { perMinute: 1.5 }],
      ['limits.perDay', { perDay: -1 }],
      ['limits.perDay', { perDay: Number.NaN }],
      ['limits.perDay', { perDay: Number.POSITIVE_INFINITY }],
    ])('cannot have the %s of %j', async (attribute, limits) => {
      const put = store().put(newCaller({ limits }));
      await expect(put).rejects.toThrow(MalformedCaller);
      await expect(put).rejects.toThrow(attribute);
    });

    it.each(['category:', 'category:menu', 'category:Menus', 'category:*', 'quota:all'])(
      'cannot be granted %s',
      async (entry) => {
        const put = store().put(newCaller({ grants: [{ appId: 'wx1', allow: [entry] }] }));
        await expect(put).rejects.toThrow('grants.allow');
      },
    );

    it.each([
      ['limits', { S: 'none' }],
      ['limits.perDay', { M: { perDay: { S: '5' } } }],
    ])('is malformed, not unlimited, when %s is not what it must be', async (attribute, limits) => {
      const caller = newCaller();
      await store().put(caller);
      const { pk, sk } = callerKey(caller.id);
      await engine().client.send(
        new UpdateItemCommand({
          TableName: TABLE,
          Key: { pk: { S: pk }, sk: { S: sk } },
          UpdateExpression: 'SET limits = :limits',
          ExpressionAttributeValues: { ':limits': limits },
        }),
      );
      await expect(store().get(caller.id)).rejects.toThrow(attribute);
    });
  });
});
