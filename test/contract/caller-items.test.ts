import { describe, expect, it } from 'vitest';
import type { Caller } from '#shared/caller/caller.ts';
import { createCallerId } from '#shared/caller/caller-key.ts';
import { createDynamoCallerStore } from '#shared/caller/caller-store.dynamodb.ts';
import { createDynamoKeyUseStore } from '#shared/caller/key-use.dynamodb.ts';
import { createSealingKey } from '#shared/caller/user-token.ts';
import { createDynamoCallerItems } from '../../infra/operator/caller-items.dynamodb.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import { clientOf, onEveryEngine, TABLE } from './every-engine.ts';
import { NOW } from './token-store-subject.ts';

const granting = (appId: string) => (caller: Caller) => ({
  ...caller,
  grants: [...caller.grants, { appId, allow: ['/*'] }],
});

describe("an operator's hand on the callers", () => {
  onEveryEngine((engine) => {
    const items = (client = engine().client) => createDynamoCallerItems(client, TABLE);
    const store = () => createDynamoCallerStore(engine().client, TABLE);
    const added = async (): Promise<Caller> => {
      const id = createCallerId();
      const caller = { id, name: 'shop', disabled: false, keys: [], sealingKey: createSealingKey(), grants: [] };
      await store().put(caller);
      return caller;
    };

    it('changes what is stored, and makes no caller of an id that nobody added', async () => {
      const caller = await added();
      expect(await items().change(caller.id, granting('wx1'))).toEqual(granting('wx1')(caller));
      expect(await store().get(caller.id)).toEqual(granting('wx1')(caller));
      expect(await items().change('nobody00', granting('wx1'))).toBeUndefined();
      expect(await store().get('nobody00')).toBeUndefined();
    });

    it('loses no change of two operators at the same moment', async () => {
      const { id } = await added();
      for (const round of [1, 2, 3]) {
        await Promise.all(['a', 'b'].map((name) => items().change(id, granting(`${name}${round}`))));
      }
      const granted = (await store().get(id))?.grants.map(({ appId }) => appId);
      expect(granted?.toSorted()).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'b3']);
    });

    it.each(['lose-answer', 'half-answer', 'status-500'] as const)(
      'changes once when the answer to the write is lost (%s)',
      async (play) => {
        const { id } = await added();
        const proxy = await startCuttingProxy(engine().endpoint);
        const client = clientOf(proxy.endpoint);
        proxy.play('pass', play);
        await items(client).change(id, granting('wx1'));
        expect((await store().get(id))?.grants).toEqual([{ appId: 'wx1', allow: ['/*'] }]);
        client.destroy();
        await proxy.close();
      },
    );

    it('lists all of them, sorted, and none that it has removed, with everything that was kept about it', async () => {
      const ids = [(await added()).id, (await added()).id];
      const [gone = '', kept = ''] = ids;
      expect((await items().list()).filter((id) => ids.includes(id))).toEqual(ids.toSorted());
      const keyUse = createDynamoKeyUseStore(engine().client, TABLE);
      await keyUse.markUsed(gone, `${gone}0000`, NOW);
      await items().remove(gone);
      await items().remove(gone);
      expect((await items().list()).filter((id) => ids.includes(id))).toEqual([kept]);
      expect(await keyUse.lastUsedAt(gone)).toEqual(new Map());
    });
  });
});
