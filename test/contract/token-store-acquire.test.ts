import { describe, expect, it } from 'vitest';
import type { AcquireRequest } from '#shared/access-token/token-store.ts';
import { NOW, newAppId, onEveryStore, type Patch, storedAttributes, tokenOf } from './token-store-subject.ts';

const request = (appId: string, changes: Partial<AcquireRequest> = {}): AcquireRequest => ({
  appId,
  leaseId: 'mine',
  holder: 'environment-1',
  reason: { kind: 'due' },
  version: 0,
  count: { cap: 10, forced: false },
  ignoreCooldown: false,
  now: NOW,
  ...changes,
});

const FORCED = { count: { cap: 10, forced: true } } as const;
const REFUSED = { reason: { kind: 'refused', fingerprint: 'fingerprint-1' }, version: 3 } as const;
const MISSING = { reason: { kind: 'missing' } } as const;
const someonesLease = (end: number): Patch => ({ leaseId: 'theirs', leaseHolder: 'environment-2', leaseEnd: end });
const stored = (expiresAt = NOW + 7_000_000): Patch => storedAttributes(tokenOf({ expiresAt }), 3);

type Case = readonly [what: string, stored: Patch, asked: Partial<AcquireRequest>];

const REFUSALS: readonly Case[] = [
  ['somebody else has a live lease', someonesLease(NOW + 1), {}],
  ['the live lease follows one that is done', { ...someonesLease(NOW + 1), doneLeaseId: 'an older one' }, {}],
  ['a cooldown is not over', { cooldownEnd: NOW + 1 }, {}],
  ['the version has changed', { tokenVersion: 1 }, {}],
  ['the account is disabled', { disabledAt: NOW - 1 }, {}],
  ['it is not due yet', { nextDueAt: NOW + 1 }, {}],
  ['the issues of the day are used up', { issued20261120: 10 }, {}],
  [
    'the issues of the day are used up, though the cooldown is ignored',
    { issued20261120: 10 },
    { ignoreCooldown: true },
  ],
  ['a forced issue finds the issues of the day used up', { issued20261120: 10 }, FORCED],
  ['the forced issues of the day are used up', { forced20261120: 10 }, FORCED],
  ['the last forced issue is under 30 s ago', { lastForcedAt: NOW - 29_999 }, FORCED],
  ['nothing is missing: the token has not ended', stored(NOW + 1), { ...MISSING, version: 3 }],
  ['WeChat refused another token than the stored one', { ...stored(), fingerprint: 'fingerprint-2' }, REFUSED],
  ['WeChat refused a token and none is stored', { tokenVersion: 3 }, REFUSED],
  ['a probe found the refused token working within a minute', { ...stored(), provenAt: NOW - 59_999 }, REFUSED],
];

const GRANTS: readonly Case[] = [
  ['the account is due', {}, {}],
  ['the last lease ends now', someonesLease(NOW), {}],
  ['the last holder is done before the end', { ...someonesLease(NOW + 5_000), doneLeaseId: 'theirs' }, {}],
  ['the cooldown ends now', { cooldownEnd: NOW }, {}],
  ['the cooldown is ignored', { cooldownEnd: NOW + 300_000 }, { ignoreCooldown: true }],
  ['one issue of the day is left', { issued20261120: 9 }, {}],
  ['the issues of yesterday were used up', { issued20261119: 10 }, {}],
  ['the issues are used up, but a probe costs none', { issued20261120: 10 }, { count: undefined }],
  ['the forced issues are used up, but this one is not forced', { forced20261120: 10, lastForcedAt: NOW }, {}],
  ['one forced issue of the day is left', { forced20261120: 9, lastForcedAt: NOW - 30_000 }, FORCED],
  ['the forced issues of yesterday were used up', { forced20261119: 10 }, FORCED],
  ['there never was a token', {}, MISSING],
  ['the token ends now', stored(NOW), { ...MISSING, version: 3 }],
  ['a probe of the token was refused', { ...stored(), refusedAt: NOW - 1 }, { ...MISSING, version: 3 }],
  ['WeChat refused the stored token', stored(), REFUSED],
  ['a probe found it working a minute ago', { ...stored(), provenAt: NOW - 60_000 }, REFUSED],
];

describe('acquiring the lease', () => {
  onEveryStore((subject) => {
    const accountWith = async (attributes: Patch): Promise<string> => {
      const appId = newAppId();
      await subject().tokens.add(appId, NOW);
      if (Object.keys(attributes).length > 0) await subject().patch(appId, attributes);
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
      expect(outcome.won).toBe(true);
      expect(outcome.state?.lease).toEqual({ id: 'mine', holder: 'environment-1', end: NOW + 6_500 });
      expect(outcome.state).toEqual(await subject().tokens.read(appId));
    });

    it('never creates an account that nobody added', async () => {
      const appId = newAppId();
      expect(await subject().tokens.acquire(request(appId))).toEqual({ won: false, state: undefined });
      expect(await subject().item(appId)).toBeUndefined();
    });

    it('counts the issue in the same write, and a forced one twice', async () => {
      const appId = await accountWith({ issued20261120: 4 });
      const plain = await subject().tokens.acquire(request(appId));
      expect(plain.state?.issued).toEqual({ '20261120': 5 });
      expect(plain.state?.lastForcedAt).toBeUndefined();
      const forced = await subject().tokens.acquire(request(appId, { ...FORCED, leaseId: 'next', now: NOW + 6_500 }));
      expect(forced.state?.issued).toEqual({ '20261120': 6 });
      expect(forced.state?.lastForcedAt).toBe(NOW + 6_500);
      expect((await subject().item(appId))?.['forced20261120']).toEqual({ N: '1' });
    });

    it('remembers that the holder before may have asked WeChat for a token that is still to come', async () => {
      const appId = await accountWith(someonesLease(NOW));
      const { state } = await subject().tokens.acquire(request(appId, { suspectAt: NOW }));
      expect(state?.suspectAt).toBe(NOW);
    });

    it('keeps an older suspicion when it has none of its own', async () => {
      const appId = await accountWith({ suspectAt: NOW - 9 });
      expect((await subject().tokens.acquire(request(appId))).state?.suspectAt).toBe(NOW - 9);
    });

    it('counts nothing when a probe comes first', async () => {
      const appId = await accountWith({});
      const { state } = await subject().tokens.acquire(request(appId, { count: undefined }));
      expect(state?.issued).toEqual({});
    });

    it('begins a new counter at midnight in UTC+8, not at midnight in UTC', async () => {
      const midnight = Date.UTC(2026, 10, 20, 16);
      const appId = await accountWith({ nextDueAt: 0 });
      await subject().tokens.acquire(request(appId, { now: midnight - 1 }));
      const next = await subject().tokens.acquire(request(appId, { leaseId: 'next', now: midnight + 6_500 }));
      expect(next.state?.issued).toEqual({ '20261120': 1, '20261121': 1 });
    });

    it('forgets the counters of two days ago, and keeps those of yesterday for a clock that is behind', async () => {
      const counters = { issued20261118: 7, forced20261118: 2, issued20261119: 10, forced20261119: 3 };
      const appId = await accountWith(counters);
      await subject().tokens.acquire(request(appId, FORCED));
      const item = await subject().item(appId);
      expect(
        Object.keys(item ?? {})
          .filter((name) => /^(issued|forced)/.test(name))
          .toSorted(),
      ).toEqual(['forced20261119', 'forced20261120', 'issued20261119', 'issued20261120']);
    });
  });
});
