import { describe, expect, it } from 'vitest';
import type { AcquireRequest } from '#shared/access-token/token-store.ts';
import { NOW, newAppId, onEveryStore, type Patch, storedAttributes, tokenOf } from './token-store-subject.ts';

const request = (appId: string, changes: Partial<AcquireRequest> = {}): AcquireRequest => ({
  appId,
  leaseId: 'operators',
  holder: 'environment-1',
  reason: { kind: 'operator' },
  version: 3,
  count: { cap: 60, forced: false },
  ignoreCooldown: true,
  now: NOW,
  ...changes,
});

const LEAKED = { reason: { kind: 'leaked' }, count: { cap: 60, forced: true, forcedCap: 20 } } as const;

type Case = readonly [what: string, stored: Patch, asked: Partial<AcquireRequest>];

const REFUSALS: readonly Case[] = [
  ['the account is disabled', { disabledAt: NOW - 1 }, {}],
  ['somebody else has a live lease', { leaseId: 'theirs', leaseHolder: 'environment-2', leaseEnd: NOW + 1 }, {}],
  ['the version has changed', { tokenVersion: 4 }, {}],
  ['the issues kept for operators are used up too', { issued20261120: 60 }, {}],
  ['a leaked token: the issues kept for operators are used up too', { issued20261120: 60 }, LEAKED],
  ['a leaked token: the last forced issue is under 30 s ago', { lastForcedAt: NOW - 29_999 }, LEAKED],
  ["a leaked token: all of WeChat's forced issues are used up", { forced20261120: 20 }, LEAKED],
];

const GRANTS: readonly Case[] = [
  ['nothing is due, missing or refused', { nextDueAt: NOW + 3_600_000 }, {}],
  ['a cooldown is not over', { cooldownEnd: NOW + 300_000 }, {}],
  ['a probe has just found the token working', { provenAt: NOW }, {}],
  ['one issue kept for operators is left', { issued20261120: 59 }, {}],
  ['forced issues are used up, but this one is not forced', { forced20261120: 20, lastForcedAt: NOW }, {}],
  ['a leaked token: the forced issues for healing are used up', { forced20261120: 19 }, LEAKED],
  ['a leaked token: the last forced issue is 30 s ago', { lastForcedAt: NOW - 30_000 }, LEAKED],
];

describe('acquiring the lease for an operator', () => {
  onEveryStore((subject) => {
    const accountWith = async (attributes: Patch): Promise<string> => {
      const appId = newAppId();
      await subject().tokens.add(appId, NOW);
      await subject().patch(appId, { ...storedAttributes(tokenOf(), 3), ...attributes });
      return appId;
    };

    it.each(REFUSALS)('is refused and changes nothing when %s', async (_what, attributes, asked) => {
      const appId = await accountWith(attributes);
      const before = await subject().item(appId);
      const outcome = await subject().tokens.acquire(request(appId, asked));
      expect(outcome).toEqual({ won: false, state: await subject().tokens.read(appId) });
      expect(await subject().item(appId)).toEqual(before);
    });

    it.each(GRANTS)('is granted when %s', async (_what, attributes, asked) => {
      const appId = await accountWith(attributes);
      const outcome = await subject().tokens.acquire(request(appId, asked));
      expect(outcome).toMatchObject({ won: true, state: { lease: { id: 'operators', end: NOW + 6_500 } } });
    });

    it('counts a forced issue as forced, by the same counter as healing', async () => {
      const appId = await accountWith({ forced20261120: 10, issued20261120: 30 });
      await subject().tokens.acquire(request(appId, LEAKED));
      const item = await subject().item(appId);
      expect(item).toMatchObject({ forced20261120: { N: '11' }, issued20261120: { N: '31' } });
      expect(item?.['lastForcedAt']).toEqual({ N: String(NOW) });
    });
  });
});
