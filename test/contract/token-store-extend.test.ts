import { describe, expect, it } from 'vitest';
import type { ExtendRequest } from '#shared/access-token/token-store.ts';
import { NOW, newAppId, onEveryStore, type Patch, storedAttributes, tokenOf } from './token-store-subject.ts';

const request = (appId: string, changes: Partial<ExtendRequest> = {}): ExtendRequest => ({
  appId,
  leaseId: 'mine',
  version: 3,
  count: { cap: 10, forced: false },
  refused: undefined,
  now: NOW,
  ...changes,
});

const FORCED = { count: { cap: 10, forced: true } } as const;
const MY_LEASE: Patch = { leaseId: 'mine', leaseHolder: 'environment-1', leaseEnd: NOW + 1_000 };

const REFUSALS: readonly (readonly [string, Patch, Partial<ExtendRequest>])[] = [
  ['the lease has gone to somebody else', { leaseId: 'theirs' }, {}],
  ['the own lease is done', { doneLeaseId: 'mine' }, {}],
  ['somebody has committed since', { tokenVersion: 4 }, {}],
  ['the refused token is no longer the stored one', { tokenVersion: 4 }, { refused: { nextDueAt: NOW } }],
  ['the issues of the day are used up', { issued20261120: 10 }, {}],
  ['the forced issues of the day are used up', { forced20261120: 10 }, FORCED],
  ['the last forced issue is under 30 s ago', { lastForcedAt: NOW - 29_999 }, FORCED],
];

describe('prolonging the own lease', () => {
  onEveryStore((subject) => {
    const leasedWith = async (attributes: Patch): Promise<string> => {
      const appId = newAppId();
      await subject().tokens.add(appId, NOW + 5_000);
      await subject().patch(appId, { ...storedAttributes(tokenOf(), 3), ...MY_LEASE, ...attributes });
      return appId;
    };

    it.each(REFUSALS)('is refused and changes nothing when %s', async (_what, attributes, asked) => {
      const appId = await leasedWith(attributes);
      const before = await subject().item(appId);
      const outcome = await subject().tokens.extend(request(appId, asked));
      expect(outcome).toEqual({ won: false, state: await subject().tokens.read(appId) });
      expect(await subject().item(appId)).toEqual(before);
    });

    it('is refused for an account that nobody added, and does not create it', async () => {
      const appId = newAppId();
      expect(await subject().tokens.extend(request(appId))).toEqual({ won: false, state: undefined });
      expect(await subject().item(appId)).toBeUndefined();
    });

    it('moves the end of the lease and counts the issue that follows', async () => {
      const appId = await leasedWith({ issued20261120: 9 });
      const { won, state } = await subject().tokens.extend(request(appId));
      expect(won).toBe(true);
      expect(state?.lease).toEqual({ id: 'mine', holder: 'environment-1', end: NOW + 6_500 });
      expect(state?.issued).toEqual({ '20261120': 10 });
      expect(state?.refusedAt).toBeUndefined();
      expect(state?.nextDueAt).toBe(NOW + 5_000);
    });

    it('still prolongs a lease that has ended while nobody else has taken it', async () => {
      const appId = await leasedWith({ leaseEnd: NOW - 60_000 });
      expect((await subject().tokens.extend(request(appId))).state?.lease?.end).toBe(NOW + 6_500);
    });

    it('may be done twice in one lease, each counted', async () => {
      const appId = await leasedWith({});
      await subject().tokens.extend(request(appId));
      const second = await subject().tokens.extend(request(appId, { ...FORCED, now: NOW + 500 }));
      expect(second.won).toBe(true);
      expect(second.state?.issued).toEqual({ '20261120': 2 });
      expect(second.state?.lastForcedAt).toBe(NOW + 500);
    });

    it('remembers in the same write that a probe was refused, and makes the account due', async () => {
      const appId = await leasedWith({});
      const { state } = await subject().tokens.extend(request(appId, { refused: { nextDueAt: NOW - 10 } }));
      expect(state).toMatchObject({ refusedAt: NOW, nextDueAt: NOW - 10, version: 3, token: tokenOf() });
    });

    it('remembers a refused probe without an issue when none can be made', async () => {
      const appId = await leasedWith({ issued20261120: 10 });
      const asked = { count: undefined, refused: { nextDueAt: NOW } };
      const { won, state } = await subject().tokens.extend(request(appId, asked));
      expect(won).toBe(true);
      expect(state).toMatchObject({ refusedAt: NOW, issued: { '20261120': 10 } });
    });

    it('forgets the counters of two days ago', async () => {
      const appId = await leasedWith({ issued20261118: 7, issued20261119: 8 });
      const { state } = await subject().tokens.extend(request(appId));
      expect(state?.issued).toEqual({ '20261119': 8, '20261120': 1 });
    });
  });
});
