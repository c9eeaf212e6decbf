import { describe, expect, it } from 'vitest';
import type { CommitRequest } from '#shared/access-token/token-store.ts';
import { NOW, newAppId, onEveryStore, type Patch, storedAttributes, tokenOf } from './token-store-subject.ts';

const OLD = tokenOf({ receivedAt: NOW - 7_000_000, sentAt: NOW - 7_000_100, expiresAt: NOW + 199_900 });
const NEW = tokenOf({ value: 'token-2', fingerprint: 'fingerprint-2' });

const request = (appId: string, changes: Partial<CommitRequest> = {}): CommitRequest => ({
  appId,
  leaseId: 'mine',
  version: 3,
  token: NEW,
  stored: OLD,
  suspect: false,
  nextDueAt: NOW + 3_600_000,
  ...changes,
});

describe('committing a token', () => {
  onEveryStore((subject) => {
    const storedWith = async (attributes: Patch = {}): Promise<string> => {
      const appId = newAppId();
      await subject().tokens.add(appId, NOW);
      const lease = { leaseId: 'mine', leaseHolder: 'environment-1', leaseEnd: NOW + 1_000 };
      await subject().patch(appId, { ...storedAttributes(OLD, 3), ...lease, ...attributes });
      return appId;
    };

    it('stores the token, raises the version by one, ends the lease and sets the next due time', async () => {
      const appId = await storedWith();
      const outcome = await subject().tokens.commit(request(appId));
      expect(outcome).toEqual({ won: true, state: await subject().tokens.read(appId) });
      expect(outcome.state).toMatchObject({ token: NEW, version: 4, lease: undefined, nextDueAt: NOW + 3_600_000 });
    });

    it('stores the first token of an account', async () => {
      const appId = newAppId();
      await subject().tokens.add(appId, NOW);
      const { state } = await subject().tokens.commit(request(appId, { version: 0, stored: undefined }));
      expect(state).toMatchObject({ token: NEW, version: 1, previous: undefined });
    });

    it('is refused and changes nothing when something was committed since', async () => {
      const appId = await storedWith({ tokenVersion: 4 });
      const before = await subject().item(appId);
      const outcome = await subject().tokens.commit(request(appId));
      expect(outcome).toEqual({ won: false, state: await subject().tokens.read(appId) });
      expect(await subject().item(appId)).toEqual(before);
    });

    it('is refused for an account that nobody added, and does not create it', async () => {
      const appId = newAppId();
      expect(await subject().tokens.commit(request(appId))).toEqual({ won: false, state: undefined });
      expect(await subject().item(appId)).toBeUndefined();
    });

    it('stores the token even when the lease has gone to somebody else, and leaves that lease alone', async () => {
      const appId = await storedWith({ leaseId: 'theirs', leaseEnd: NOW + 5_000 });
      const { won, state } = await subject().tokens.commit(request(appId));
      expect(won).toBe(true);
      expect(state).toMatchObject({ token: NEW, lease: { id: 'theirs', end: NOW + 5_000 } });
    });

    it('stores a classic token after the loss of the lease only as suspect: the next holder may have asked later', async () => {
      const appId = await storedWith({ leaseId: 'theirs', leaseEnd: NOW + 5_000 });
      const classic = { ...NEW, mode: 'classic' } as const;
      const before = await subject().item(appId);
      expect((await subject().tokens.commit(request(appId, { token: classic }))).won).toBe(false);
      expect(await subject().item(appId)).toEqual(before);
      const { won, state } = await subject().tokens.commit(request(appId, { token: classic, suspect: true }));
      expect(won).toBe(true);
      expect(state).toMatchObject({ token: classic, suspectAt: NOW, lease: { id: 'theirs' } });
    });

    it('stores a classic token under the own lease', async () => {
      const appId = await storedWith();
      const { state } = await subject().tokens.commit(request(appId, { token: { ...NEW, mode: 'classic' } }));
      expect(state).toMatchObject({ token: { mode: 'classic' }, version: 4, lease: undefined, suspectAt: undefined });
    });

    it('keeps the fingerprint of the token before with the end of the overlap', async () => {
      const appId = await storedWith();
      const long = { ...OLD, expiresAt: NOW + 3_600_000 };
      const { state } = await subject().tokens.commit(request(appId, { stored: long }));
      expect(state?.previous).toEqual({ fingerprint: 'fingerprint-1', worksUntil: NOW + 300_000 });
    });

    it('says of the token before that it works to its own end when that comes before the end of the overlap', async () => {
      const appId = await storedWith();
      const { state } = await subject().tokens.commit(request(appId));
      expect(state?.previous).toEqual({ fingerprint: 'fingerprint-1', worksUntil: OLD.expiresAt });
    });

    it('only moves times when the very same token comes again', async () => {
      const appId = await storedWith({ previousFingerprint: 'fingerprint-0', previousWorksUntil: NOW + 77 });
      const again = { ...OLD, sentAt: NOW - 50, receivedAt: NOW, expiresAt: NOW + 200_000 };
      const { state } = await subject().tokens.commit(request(appId, { token: again }));
      expect(state).toMatchObject({ token: again, version: 4, lease: undefined });
      expect(state?.previous).toEqual({ fingerprint: 'fingerprint-0', worksUntil: NOW + 77 });
    });

    it('does not bring back the very token that a probe has seen refused meanwhile', async () => {
      const appId = await storedWith({ refusedAt: NOW - 9 });
      const before = await subject().item(appId);
      expect((await subject().tokens.commit(request(appId, { token: OLD }))).won).toBe(false);
      expect(await subject().item(appId)).toEqual(before);
    });

    it('never moves receivedAt back, and by at least one millisecond ahead', async () => {
      const appId = await storedWith({ receivedAt: NOW + 1_500 });
      const stored = { ...OLD, receivedAt: NOW + 1_500 };
      const { state } = await subject().tokens.commit(request(appId, { stored }));
      expect(state?.token?.receivedAt).toBe(NOW + 1_501);
    });

    it('forgets cooldown, refusal, proof and suspicion, and starts the count of failures again', async () => {
      const failure = { failureClass: 'unavailable', failureCause: 'reset', failureAt: NOW - 9, failureCount: 4 };
      const gone = { cooldownEnd: NOW + 9, refusedAt: NOW - 9, provenAt: NOW - 9, suspectAt: NOW - 9 };
      const appId = await storedWith({ ...failure, ...gone });
      const { state } = await subject().tokens.commit(request(appId));
      const none = { cooldownEnd: 0, refusedAt: undefined, provenAt: undefined, suspectAt: undefined };
      expect(state).toMatchObject({ ...none, failure: { class: 'unavailable', at: NOW - 9, count: 0 } });
    });

    it('marks a token of which it is unknown whether WeChat keeps it', async () => {
      const appId = await storedWith();
      const { state } = await subject().tokens.commit(request(appId, { suspect: true }));
      expect(state?.suspectAt).toBe(NEW.receivedAt);
    });

    it('leaves the counters of issues alone', async () => {
      const appId = await storedWith({ issued20261120: 5, forced20261120: 2, lastForcedAt: NOW - 5 });
      const { state } = await subject().tokens.commit(request(appId));
      expect(state).toMatchObject({ issued: { '20261120': 5 }, lastForcedAt: NOW - 5 });
      expect((await subject().item(appId))?.['forced20261120']).toEqual({ N: '2' });
    });
  });
});
