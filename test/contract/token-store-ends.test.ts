import { describe, expect, it } from 'vitest';
import type { FailRequest, KeepRequest } from '#shared/access-token/token-store.ts';
import { NOW, newAppId, onEveryStore, type Patch, storedAttributes, tokenOf } from './token-store-subject.ts';

const failRequest = (appId: string, changes: Partial<FailRequest> = {}): FailRequest => ({
  appId,
  leaseId: 'mine',
  failure: { class: 'unavailable', cause: 'reset' },
  count: 2,
  cooldownEnd: NOW + 2_000,
  suspect: undefined,
  now: NOW,
  ...changes,
});

const keepRequest = (appId: string, changes: Partial<KeepRequest> = {}): KeepRequest => ({
  appId,
  leaseId: 'mine',
  version: 3,
  settled: false,
  nextDueAt: undefined,
  now: NOW,
  ...changes,
});

const DUE_AT = NOW + 5_000;
const NOT_MINE: readonly (readonly [string, Patch])[] = [
  ['the lease has gone to somebody else', { leaseId: 'theirs' }],
  ['the own lease is done', { doneLeaseId: 'mine' }],
];

describe('ending the own lease without a token', () => {
  onEveryStore((subject) => {
    const leasedWith = async (attributes: Patch = {}): Promise<string> => {
      const appId = newAppId();
      await subject().tokens.add(appId, DUE_AT);
      const lease = { leaseId: 'mine', leaseHolder: 'environment-1', leaseEnd: NOW + 1_000 };
      await subject().patch(appId, { ...storedAttributes(tokenOf(), 3), ...lease, ...attributes });
      return appId;
    };

    it.each(NOT_MINE)('records no failure when %s', async (_what, attributes) => {
      const appId = await leasedWith(attributes);
      const before = await subject().item(appId);
      // A failure whose own lease is already done counts as recorded: that is what a lost answer looks like.
      expect((await subject().tokens.fail(failRequest(appId))).won).toBe('doneLeaseId' in attributes);
      expect(await subject().item(appId)).toEqual(before);
    });

    it('records a failure and its cooldown, and never touches the token', async () => {
      const appId = await leasedWith();
      const { won, state } = await subject().tokens.fail(failRequest(appId));
      expect(won).toBe(true);
      const failure = { class: 'unavailable', cause: 'reset', at: NOW, count: 2 };
      expect(state).toMatchObject({ failure, cooldownEnd: NOW + 2_000, lease: undefined, version: 3 });
      expect(state).toMatchObject({ token: tokenOf(), nextDueAt: DUE_AT, suspectAt: undefined });
      expect(await subject().tokens.read(appId)).toEqual(state);
    });

    it('records everything that a failure can say', async () => {
      const appId = await leasedWith();
      const failure = {
        class: 'rejected',
        cause: 'errcode',
        errcode: 40164,
        rid: '64d1e675-0-1',
        egressAddress: '203.0.113.9',
        secretVersion: 'v1',
      } as const;
      const { state } = await subject().tokens.fail(failRequest(appId, { failure }));
      expect(state?.failure).toEqual({ ...failure, at: NOW, count: 2 });
    });

    it('leaves nothing of the failure before in the next one', async () => {
      const before = { failureErrcode: 40164, failureRid: 'a-b', failureEgressAddress: '203.0.113.9' };
      const appId = await leasedWith({ ...before, failureSecretVersion: 'v1' });
      const { state } = await subject().tokens.fail(failRequest(appId));
      expect(state?.failure).toEqual({ class: 'unavailable', cause: 'reset', at: NOW, count: 2 });
    });

    it('remembers that WeChat may have issued, and makes the account due', async () => {
      const appId = await leasedWith();
      const { state } = await subject().tokens.fail(failRequest(appId, { suspect: { at: NOW, nextDueAt: NOW } }));
      expect(state).toMatchObject({ suspectAt: NOW, nextDueAt: NOW });
    });

    it('keeps a suspicion that a later failure says nothing about', async () => {
      const appId = await leasedWith({ suspectAt: NOW - 9 });
      expect((await subject().tokens.fail(failRequest(appId))).state?.suspectAt).toBe(NOW - 9);
    });

    it.each(NOT_MINE)('does not call a token proven when %s', async (_what, attributes) => {
      const appId = await leasedWith(attributes);
      const before = await subject().item(appId);
      await subject().tokens.keep(keepRequest(appId));
      expect(await subject().item(appId)).toEqual(before);
    });

    it('does not call a token proven that was committed after the probe', async () => {
      const appId = await leasedWith({ tokenVersion: 4 });
      expect((await subject().tokens.keep(keepRequest(appId))).won).toBe(false);
      expect((await subject().tokens.read(appId))?.provenAt).toBeUndefined();
    });

    it('remembers when a probe found the token working; a suspicion stays unless it is settled', async () => {
      const appId = await leasedWith({ suspectAt: NOW - 9 });
      const { state } = await subject().tokens.keep(keepRequest(appId));
      expect(state).toMatchObject({
        provenAt: NOW,
        suspectAt: NOW - 9,
        lease: undefined,
        nextDueAt: DUE_AT,
        version: 3,
      });
    });

    it('takes a settled suspicion away and moves the due time', async () => {
      const appId = await leasedWith({ suspectAt: NOW - 9 });
      const { state } = await subject().tokens.keep(keepRequest(appId, { settled: true, nextDueAt: NOW + 60_000 }));
      expect(state).toMatchObject({ provenAt: NOW, suspectAt: undefined, nextDueAt: NOW + 60_000 });
    });

    it('releases the own lease and nothing else', async () => {
      const appId = await leasedWith({ suspectAt: NOW - 9 });
      const before = await subject().tokens.read(appId);
      await subject().tokens.release(appId, 'mine');
      expect(await subject().tokens.read(appId)).toEqual({ ...before, lease: undefined });
    });

    it('does not release the lease of somebody else', async () => {
      const appId = await leasedWith({ leaseId: 'theirs' });
      const before = await subject().item(appId);
      await subject().tokens.release(appId, 'mine');
      expect(await subject().item(appId)).toEqual(before);
    });

    it.each(['fail', 'keep', 'release'] as const)('creates no account by %s', async (kind) => {
      const appId = newAppId();
      if (kind === 'fail') await subject().tokens.fail(failRequest(appId));
      if (kind === 'keep') await subject().tokens.keep(keepRequest(appId));
      if (kind === 'release') await subject().tokens.release(appId, 'mine');
      expect(await subject().item(appId)).toBeUndefined();
    });
  });
});
