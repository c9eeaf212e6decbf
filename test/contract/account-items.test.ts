import { describe, expect, it } from 'vitest';
import { createDynamoHealMarkers } from '#shared/access-token/heal-marker.dynamodb.ts';
import { createDynamoAccountStore } from '#shared/account/account-store.dynamodb.ts';
import { createDynamoClearQuotaAllowances } from '#shared/account/clear-quota-allowance.dynamodb.ts';
import { createDynamoTicketStore } from '#shared/ticket/ticket-store.dynamodb.ts';
import { createDynamoAccountItems } from '../../infra/operator/account-items.dynamodb.ts';
import { onEveryEngine, TABLE } from './every-engine.ts';
import { NOW, newAppId, subjectOn } from './token-store-subject.ts';

describe("an operator's hand on the accounts", () => {
  onEveryEngine((engine) => {
    const items = () => createDynamoAccountItems(engine().client, TABLE);
    const accounts = () => createDynamoAccountStore(engine().client, TABLE);
    const tokens = () => subjectOn(engine()).tokens;
    const added = async (appId = newAppId()): Promise<string> => {
      await accounts().put({ appId, displayName: appId, mode: 'stable', testAccount: false, addedAt: NOW });
      await tokens().add(appId, NOW);
      return appId;
    };
    const isDue = async (appId: string) => (await tokens().due(NOW)).some((account) => account.appId === appId);

    it('disables one for tick and callers at once, and enables it as due as it was', async () => {
      const appId = await added();
      expect(await items().disable(appId, NOW)).toBe(true);
      expect((await tokens().read(appId))?.disabled).toBe(true);
      expect(await isDue(appId)).toBe(false);
      expect(await items().disable(appId, NOW + 1)).toBe(true);
      expect((await subjectOn(engine()).item(appId))?.['disabledAt']).toEqual({ N: String(NOW) });
      expect(await items().enable(appId)).toBe(true);
      expect(await tokens().read(appId)).toMatchObject({ disabled: false, nextDueAt: NOW });
      expect(await isDue(appId)).toBe(true);
    });

    it('makes no account of an app ID that nobody added', async () => {
      const appId = newAppId();
      expect(await items().disable(appId, NOW)).toBe(false);
      expect(await items().enable(appId)).toBe(false);
      expect(await tokens().read(appId)).toBeUndefined();
    });

    it('lists all of them, sorted, and none that it has removed, with everything that was kept about it', async () => {
      const appIds = [await added(), await added()];
      const [gone = '', kept = ''] = appIds;
      expect((await items().list()).filter((appId) => appIds.includes(appId))).toEqual(appIds.toSorted());
      await createDynamoTicketStore(engine().client, TABLE).acquire({ appId: gone, type: 'jsapi' }, 'lease', 0, NOW);
      await createDynamoHealMarkers(engine().client, TABLE).claim(gone, 'fingerprint-1', NOW);
      await createDynamoClearQuotaAllowances(engine().client, TABLE).take(gone, 'all', NOW);
      await items().remove(gone);
      await items().remove(gone);
      expect((await items().list()).filter((appId) => appIds.includes(appId))).toEqual([kept]);
      expect(await tokens().read(gone)).toBeUndefined();
      // A marker that had stayed would be in the way of this one.
      expect(await createDynamoHealMarkers(engine().client, TABLE).claim(gone, 'fingerprint-1', NOW)).toBe(true);
      expect(await tokens().read(kept)).toBeDefined();
    });
  });
});
