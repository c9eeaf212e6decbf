import { describe, expect, it } from 'vitest';
import type { AccessToken, TokenMode } from '#shared/access-token/access-token.ts';
import { commitToken } from '#shared/access-token/commit.ts';
import type { LeasedRefresh } from '#shared/access-token/leased-refresh.ts';
import { createMemoryTokenStore } from '../memory-token-store.ts';

const NOW = Date.UTC(2026, 10, 20, 4);
const APP_ID = 'wx0000000000000001';
const LEASE_MS = 6_500;
const COUNTED = { cap: 1_000, forced: false };

const issued = (mode: TokenMode, name: string, sentAt: number): AccessToken => ({
  value: name,
  fingerprint: `fingerprint of ${name}`,
  mode,
  sentAt,
  receivedAt: sentAt + 100,
  expiresAt: sentAt + 7_200_000,
});

/** An account with a stored token, and refreshers who take its lease one after the other. */
async function startStory(mode: TokenMode) {
  const story = await startWithoutToken(mode);
  await story.commit(await story.lease('first', NOW), issued(mode, 'T0', NOW));
  story.tokens.patch(APP_ID, { nextDueAt: NOW });
  return story;
}

/** An account that has just been added, and its refreshers. */
async function startWithoutToken(mode: TokenMode) {
  const tokens = createMemoryTokenStore();
  await tokens.add(APP_ID, NOW);
  const account = { appId: APP_ID, displayName: 'one', mode, testAccount: false, addedAt: NOW };

  const lease = async (leaseId: string, now: number): Promise<LeasedRefresh> => {
    const state = await readState();
    const acquired = await tokens.acquire({
      appId: APP_ID,
      leaseId,
      holder: leaseId,
      reason: { kind: 'due' },
      version: state.version,
      count: COUNTED,
      ignoreCooldown: true,
      now,
    });
    if (!acquired.won) throw new Error(`${leaseId} did not get the lease`);
    return { account, leaseId, countedIssue: COUNTED, state: acquired.state };
  };
  const readState = async () => {
    const state = await tokens.read(APP_ID);
    if (state === undefined) throw new Error('the account is gone');
    return state;
  };
  const commit = (leased: LeasedRefresh, token: AccessToken) => commitToken({ tokens }, leased, token, false);
  return { tokens, lease, commit, state: readState };
}

describe('a commit in time', () => {
  it.each(['stable', 'classic'] as const)('of a %s token stores it and ends the lease', async (mode) => {
    const { lease, commit, state } = await startStory(mode);
    const token = issued(mode, 'T1', NOW + 10_000);
    expect(await commit(await lease('mine', NOW + 10_000), token)).toEqual({
      kind: 'committed',
      fingerprint: token.fingerprint,
      expiresAt: token.expiresAt,
      forced: false,
    });
    expect(await state()).toMatchObject({ token, version: 2, lease: undefined, suspectAt: undefined });
  });

  it('of a classic token is suspect when an issue before it was lost', async () => {
    const { tokens, lease, commit, state } = await startStory('classic');
    tokens.patch(APP_ID, { suspectAt: NOW + 5_000 });
    const token = issued('classic', 'T1', NOW + 10_000);
    await commit(await lease('mine', NOW + 10_000), token);
    expect(await state()).toMatchObject({ suspectAt: token.receivedAt, nextDueAt: token.receivedAt + 330_000 });
  });
});

describe('a commit of a stable token', () => {
  it('is never suspect, whatever was: WeChat hands stable tokens out in one sequence', async () => {
    const { tokens, lease, commit, state } = await startStory('stable');
    tokens.patch(APP_ID, { suspectAt: NOW + 5_000 });
    await commit(await lease('mine', NOW + 10_000), issued('stable', 'T1', NOW + 10_000));
    expect(await state()).toMatchObject({ token: { value: 'T1' }, suspectAt: undefined });
  });

  it('that came again is next due in its last four and a half minutes, and a new one at half of its life', async () => {
    const { lease, commit, state } = await startStory('stable');
    const again = issued('stable', 'T0', NOW + 10_000);
    await commit(await lease('second', NOW + 10_000), again);
    expect(await state()).toMatchObject({ version: 2, nextDueAt: again.expiresAt - 270_000 });
    const other = issued('stable', 'T1', again.expiresAt);
    await commit(await lease('third', other.sentAt), other);
    expect(await state()).toMatchObject({ version: 3, nextDueAt: other.receivedAt + (7_200_000 - 100) / 2 });
  });
});

describe('the first commits of an account', () => {
  it('store a classic token whose lease has gone to somebody else as suspect', async () => {
    const { lease, commit, state } = await startWithoutToken('classic');
    const mine = await lease('mine', NOW);
    await lease('theirs', NOW + LEASE_MS);
    const token = issued('classic', 'T1', NOW + 100);
    expect(await commit(mine, token)).toMatchObject({ kind: 'committed' });
    expect(await state()).toMatchObject({ token, version: 1, suspectAt: token.receivedAt });
  });

  it('leave the later one of two that were made at once', async () => {
    const { lease, commit, state } = await startWithoutToken('classic');
    const [slow, quick] = [await lease('slow', NOW), await lease('quick', NOW + LEASE_MS)];
    const later = issued('classic', 'T2', NOW + LEASE_MS);
    await commit(quick, later);
    expect(await commit(slow, issued('classic', 'T1', NOW + 100))).toEqual({ kind: 'superseded' });
    expect(await state()).toMatchObject({ token: later, version: 1, suspectAt: undefined });
  });
});

describe('a commit after the lease has gone to somebody else', () => {
  it('stores a stable token all the same: nobody has brought a newer one', async () => {
    const { lease, commit, state } = await startStory('stable');
    const mine = await lease('mine', NOW);
    await lease('theirs', NOW + LEASE_MS);
    const token = issued('stable', 'T1', NOW + 100);
    expect(await commit(mine, token)).toMatchObject({ kind: 'committed' });
    expect(await state()).toMatchObject({ token, suspectAt: undefined, lease: { id: 'theirs' } });
  });

  it('stores a classic token as suspect: the other one may have asked WeChat later, and never say so', async () => {
    const { lease, commit, state } = await startStory('classic');
    const mine = await lease('mine', NOW);
    await lease('theirs', NOW + LEASE_MS);
    const token = issued('classic', 'T1', NOW + 100);
    expect(await commit(mine, token)).toMatchObject({ kind: 'committed' });
    const after = await state();
    expect(after).toMatchObject({ token, suspectAt: token.receivedAt, nextDueAt: token.receivedAt + 330_000 });
    expect(after.lease?.id).toBe('theirs');
  });

  it('suspects a classic token also when the stored one is long past', async () => {
    const { lease, commit, state } = await startStory('classic');
    const mine = await lease('mine', NOW + 60_000);
    await lease('theirs', NOW + 60_000 + LEASE_MS);
    const token = issued('classic', 'T1', NOW + 60_100);
    expect(await commit(mine, token)).toMatchObject({ kind: 'committed' });
    expect(await state()).toMatchObject({ token, suspectAt: token.receivedAt });
  });

  it.each(['stable', 'classic'] as const)('never replaces a %s token that was issued later', async (mode) => {
    const { lease, commit, state } = await startStory(mode);
    const mine = await lease('mine', NOW);
    const later = issued(mode, 'T2', NOW + LEASE_MS + 100);
    await commit(await lease('theirs', NOW + LEASE_MS), later);
    const before = await state();
    expect(await commit(mine, issued(mode, 'T1', NOW + 100))).toEqual({ kind: 'superseded' });
    expect(await state()).toEqual(before);
  });

  it('replaces a classic token that was issued before, though it was committed first', async () => {
    const { lease, commit, state } = await startStory('classic');
    const [slow, quick] = [await lease('slow', NOW), await lease('quick', NOW + LEASE_MS)];
    await commit(slow, issued('classic', 'T1', NOW + 100));
    const later = issued('classic', 'T2', NOW + LEASE_MS + 100);
    expect(await commit(quick, later)).toMatchObject({ kind: 'committed' });
    expect(await state()).toMatchObject({ token: { value: 'T2' }, suspectAt: undefined });
  });

  it('keeps one of two classic tokens whose issues overlapped, and suspects it', async () => {
    const { lease, commit, state } = await startStory('classic');
    const [slow, quick] = [await lease('slow', NOW), await lease('quick', NOW + LEASE_MS)];
    const theirs = issued('classic', 'T2', NOW + LEASE_MS + 100);
    await commit(quick, theirs);
    expect(await commit(slow, issued('classic', 'T1', NOW + LEASE_MS))).toEqual({ kind: 'superseded' });
    expect(await state()).toMatchObject({ token: { value: 'T2' }, version: 3, suspectAt: theirs.receivedAt });
  });

  it('never goes back to the token before the stored one, however long that one lives', async () => {
    const { lease, commit, state } = await startStory('stable');
    const slow = await lease('slow', NOW);
    const shortLived = { ...issued('stable', 'T1', NOW + LEASE_MS), expiresAt: NOW + 400_000 };
    await commit(await lease('theirs', NOW + LEASE_MS), shortLived);
    expect(await commit(slow, { ...issued('stable', 'T0', NOW + 100) })).toEqual({ kind: 'superseded' });
    expect((await state()).token?.value).toBe('T1');
  });
});

describe('a commit of a token whose probe was refused meanwhile', () => {
  it('does not bring it back, neither as its own nor as the survivor of an overlap', async () => {
    const { tokens, lease, commit, state } = await startStory('stable');
    const mine = await lease('mine', NOW);
    tokens.patch(APP_ID, { refusedAt: NOW + LEASE_MS });
    expect(await commit(mine, issued('stable', 'T0', NOW + 100))).toEqual({ kind: 'superseded' });
    expect(await state()).toMatchObject({ refusedAt: NOW + LEASE_MS, version: 1, lease: undefined });
  });

  it('does not bring back the stored classic token that survives an overlap', async () => {
    const { tokens, lease, commit, state } = await startStory('classic');
    const [slow, quick] = [await lease('slow', NOW), await lease('quick', NOW + LEASE_MS)];
    await commit(quick, issued('classic', 'T2', NOW + LEASE_MS + 100));
    tokens.patch(APP_ID, { refusedAt: NOW + 20_000 });
    expect(await commit(slow, issued('classic', 'T1', NOW + LEASE_MS))).toEqual({ kind: 'superseded' });
    expect(await state()).toMatchObject({ token: { value: 'T2' }, version: 2, refusedAt: NOW + 20_000 });
  });
});

describe('a commit for an account that has been removed', () => {
  it('is left out when the account was added again meanwhile', async () => {
    const { tokens, lease, commit, state } = await startStory('stable');
    const mine = await lease('mine', NOW);
    tokens.patch(APP_ID, { accessToken: undefined, tokenVersion: 0, leaseId: undefined });
    expect(await commit(mine, issued('stable', 'T1', NOW))).toEqual({ kind: 'superseded' });
    expect(await state()).toMatchObject({ token: undefined, version: 0 });
  });

  it('says so and creates nothing', async () => {
    const { lease } = await startStory('stable');
    const empty = createMemoryTokenStore();
    const leased = await lease('mine', NOW);
    expect(await commitToken({ tokens: empty }, leased, issued('stable', 'T1', NOW), false)).toEqual({
      kind: 'unknown-account',
    });
    expect(empty.item(APP_ID)).toBeUndefined();
  });
});
