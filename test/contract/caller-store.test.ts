import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import type { Caller } from '#shared/caller/caller.ts';
import { createCallerId, createCallerKey, recordOf } from '#shared/caller/caller-key.ts';
import { createDynamoCallerStore } from '#shared/caller/caller-store.dynamodb.ts';
import { MalformedCaller } from '#shared/caller/caller-store.ts';
import { createSealingKey } from '#shared/caller/user-token.ts';
import { callerKey } from '#shared/table/keys.ts';
import { onEveryEngine, TABLE } from './every-engine.ts';

function newCaller(): Caller {
  const id = createCallerId();
  return {
    id,
    name: 'shop \u5546\u5e97',
    disabled: false,
    keys: [
      recordOf(createCallerKey(id), 1_795_000_000_000),
      { ...recordOf(createCallerKey(id), 1_795_000_000_001), retiredAt: 1_795_000_000_002 },
    ],
    sealingKey: createSealingKey(),
    grants: [
      { appId: 'wx0123456789abcdef', allow: ['/cgi-bin/*', 'token:read'] },
      { appId: 'wxfedcba9876543210', allow: [] },
    ],
  };
}

describe('the caller store', () => {
  onEveryEngine((engine) => {
    const store = () => createDynamoCallerStore(engine().client, TABLE);

    it('finds nobody where nobody was put', async () => {
      expect(await store().get('nobody00')).toBeUndefined();
    });

    it('gives back what was put', async () => {
      const caller = newCaller();
      await store().put(caller);
      expect(await store().get(caller.id)).toEqual(caller);
    });

    it('gives back a caller with neither keys nor grants', async () => {
      const bare = { ...newCaller(), disabled: true, keys: [], grants: [] };
      await store().put(bare);
      expect(await store().get(bare.id)).toEqual(bare);
    });

    it('replaces the caller that was there', async () => {
      const caller = newCaller();
      const revoked = { ...caller, keys: caller.keys.slice(1) };
      await store().put(caller);
      await store().put(revoked);
      expect(await store().get(caller.id)).toEqual(revoked);
    });

    it('keeps nothing of a key but its id, its verifier and its times', async () => {
      const id = createCallerId();
      const key = createCallerKey(id);
      await store().put({ ...newCaller(), id, keys: [recordOf(key, 1)] });
      expect(JSON.stringify(await store().get(id))).not.toContain(key.slice(17, 60));
    });

    it.each<[string, (caller: Caller) => Caller]>([
      ['id', (caller) => ({ ...caller, id: 'short', keys: [] })],
      ['callerKeys.keyId', (caller) => ({ ...caller, id: createCallerId() })],
      [
        'callerKeys.verifier',
        (caller) => ({ ...caller, keys: caller.keys.map((key) => ({ ...key, verifier: 'a secret' })) }),
      ],
      [
        'callerKeys.createdAt',
        (caller) => ({ ...caller, keys: caller.keys.map((key) => ({ ...key, createdAt: Number.NaN })) }),
      ],
      ['sealingKey', (caller) => ({ ...caller, sealingKey: 'a secret' })],
      ['grants.appId', (caller) => ({ ...caller, grants: [{ appId: '', allow: [] }] })],
      ['grants.allow', (caller) => ({ ...caller, grants: [{ appId: 'wx1', allow: ['cgi-bin/*'] }] })],
    ])('refuses to store a caller whose %s is wrong, naming it and no value', async (attribute, spoil) => {
      const put = store().put(spoil(newCaller()));
      await expect(put).rejects.toThrow(attribute);
      await expect(put).rejects.toThrow(MalformedCaller);
      await expect(put).rejects.not.toThrow('a secret');
    });

    it.each([
      ['callerName', { callerName: { N: '1' } }],
      ['disabled', { disabled: { S: 'false' } }],
      ['callerKeys', { callerKeys: { S: '[]' } }],
      ['callerKeys', { callerKeys: { L: [{ S: 'x' }] } }],
      ['sealingKey', { sealingKey: { S: 'short' } }],
      ['grants', { grants: { NULL: true as const } }],
      ['grants.allow', { grants: { L: [{ M: { appId: { S: 'wx1' }, allow: { S: '/*' } } }] } }],
    ])('throws for an item whose %s is malformed instead of finding nobody', async (attribute, spoiled) => {
      const id = createCallerId();
      const { pk, sk } = callerKey(id);
      const sound = {
        callerName: { S: 'shop' },
        disabled: { BOOL: false },
        callerKeys: { L: [] },
        sealingKey: { S: createSealingKey() },
        grants: { L: [] },
      };
      const item = { pk: { S: pk }, sk: { S: sk }, ...sound, ...spoiled };
      await engine().client.send(new PutItemCommand({ TableName: TABLE, Item: item }));
      const get = store().get(id);
      await expect(get).rejects.toThrow(MalformedCaller);
      await expect(get).rejects.toThrow(attribute);
    });

    it('reads an item that a later version has added attributes to', async () => {
      const caller = newCaller();
      await store().put(caller);
      const { pk, sk } = callerKey(caller.id);
      const item = {
        pk: { S: pk },
        sk: { S: sk },
        callerName: { S: 'shop' },
        disabled: { BOOL: false },
        callerKeys: { L: [] },
        sealingKey: { S: caller.sealingKey },
        grants: { L: [] },
        addedLater: { S: 'later' },
      };
      await engine().client.send(new PutItemCommand({ TableName: TABLE, Item: item }));
      expect(await store().get(caller.id)).toEqual({
        id: caller.id,
        name: 'shop',
        disabled: false,
        keys: [],
        sealingKey: caller.sealingKey,
        grants: [],
      });
    });

    it("passes on the engine's error when the table cannot be read", async () => {
      await expect(createDynamoCallerStore(engine().client, 'no-such-table').get('caller00')).rejects.toThrow(
        expect.objectContaining({ name: 'ResourceNotFoundException' }),
      );
    });
  });
});
