import { describe, expect, it } from 'vitest';
import { refreshUnderLease } from '#shared/access-token/refresh-under-lease.ts';
import { APP_ID, newToken, REFUSED, startLeaseScene, WORKS } from './refresh-under-lease-scene.ts';

const MODES = ['stable', 'classic'] as const;
const DAY = '20261120';
const SUSPECT_PROBE_AFTER_MS = 330_000;

describe.each(MODES)('a %s token that is probed under its lease', (mode) => {
  it('and works is kept, which ends the lease and moves no due time', async () => {
    const { run, asked, state, clock } = await startLeaseScene(mode);
    const before = await state();
    expect(await run([{ probe: WORKS }], undefined)).toEqual({ kind: 'kept' });
    expect(asked).toEqual([{ probe: 'T0' }]);
    expect(await state()).toMatchObject({
      provenAt: clock.now(),
      lease: undefined,
      nextDueAt: before.nextDueAt,
      issued: {},
    });
  });

  it('and refused is due from that moment, and replaced by an issue that is counted', async () => {
    const { run, asked, tokens, clock, state } = await startLeaseScene(mode);
    const seen: unknown[] = [];
    const meanwhile = async () => seen.push(await tokens.read(APP_ID));
    const outcome = await run([{ probe: REFUSED }, { issue: newToken('T1'), meanwhile }], undefined);
    expect(outcome).toMatchObject({ kind: 'committed', forced: false });
    expect(asked).toEqual([{ probe: 'T0' }, { issue: 'one', forced: false }]);
    expect(seen).toMatchObject([{ refusedAt: clock.now(), nextDueAt: clock.now(), issued: { [DAY]: 1 } }]);
    expect(await state()).toMatchObject({ token: { value: 'T1' }, refusedAt: undefined, version: 2 });
  });

  it('and refused stays due since when it was', async () => {
    const { run, tokens, clock, state } = await startLeaseScene(mode);
    const dueSince = clock.now() - 5_000;
    tokens.patch(APP_ID, { nextDueAt: dueSince });
    const outcome = await run([{ probe: REFUSED }, { issue: { errcode: 40243 } }], undefined);
    expect(outcome).toMatchObject({ kind: 'failed', failure: { errcode: 40243 } });
    expect(await state()).toMatchObject({ refusedAt: clock.now(), nextDueAt: dueSince });
  });

  it('and refused, while the app secret cannot be had, is remembered and counts no issue', async () => {
    const { run, asked, storeSecret, state, clock } = await startLeaseScene(mode);
    storeSecret(undefined);
    const failure = { class: 'rejected', cause: 'app-secret-missing' };
    expect(await run([{ probe: REFUSED }], undefined)).toEqual({ kind: 'failed', failure });
    expect(asked).toHaveLength(1);
    expect(await state()).toMatchObject({ refusedAt: clock.now(), issued: {}, failure, lease: undefined });
  });

  it('and refused, when the day’s issues are used up, is remembered and fails as such', async () => {
    const { run, asked, tokens, state, clock } = await startLeaseScene(mode);
    tokens.patch(APP_ID, { [`issued${DAY}`]: 1_000 });
    const failure = { class: 'quota', cause: 'issues-used-up' };
    expect(await run([{ probe: REFUSED }], undefined)).toEqual({ kind: 'failed', failure });
    expect(asked).toHaveLength(1);
    expect(await state()).toMatchObject({ refusedAt: clock.now(), nextDueAt: clock.now(), failure, lease: undefined });
  });

  it('is left to whoever has the lease when the answer comes after its end', async () => {
    for (const probe of [WORKS, REFUSED]) {
      const { run, asked, leaseElsewhere, state } = await startLeaseScene(mode);
      expect(await run([{ probe, meanwhile: leaseElsewhere }], undefined)).toEqual({ kind: 'superseded' });
      expect(asked).toHaveLength(1);
      expect(await state()).toMatchObject({ lease: { id: 'theirs' }, refusedAt: undefined, provenAt: undefined });
    }
  });

  it('is left alone when somebody has had the lease meanwhile and has ended it', async () => {
    const { run, leaseElsewhere, tokens, state } = await startLeaseScene(mode);
    const meanwhile = async () => {
      await leaseElsewhere();
      await tokens.release(APP_ID, 'theirs');
    };
    expect(await run([{ probe: REFUSED, meanwhile }], undefined)).toEqual({ kind: 'superseded' });
    expect(await state()).toMatchObject({ refusedAt: undefined, failure: undefined });
  });

  it('counts no more, and its lease ends, when somebody has committed another meanwhile', async () => {
    for (const probe of [WORKS, REFUSED]) {
      const { run, asked, commitElsewhere, state } = await startLeaseScene(mode);
      const meanwhile = () => commitElsewhere('T1');
      expect(await run([{ probe, meanwhile }], undefined)).toEqual({ kind: 'superseded' });
      expect(asked).toHaveLength(1);
      expect(await state()).toMatchObject({ token: { value: 'T1' }, lease: undefined, refusedAt: undefined });
    }
  });

  it('is nobody’s when the account has been removed meanwhile', async () => {
    const { run, removeAccount } = await startLeaseScene(mode);
    const meanwhile = async () => removeAccount();
    expect(await run([{ probe: REFUSED, meanwhile }], undefined)).toEqual({ kind: 'superseded' });
  });
});

describe('a probe without a clear answer', () => {
  it('is followed by an issue in stable mode, and nothing is held against the token', async () => {
    const { run, tokens } = await startLeaseScene('stable');
    const seen: unknown[] = [];
    const meanwhile = async () => seen.push(await tokens.read(APP_ID));
    const outcome = await run([{ probe: 'reset' }, { issue: newToken('T0'), meanwhile }], undefined);
    expect(outcome).toMatchObject({ kind: 'committed', forced: false });
    expect(seen).toMatchObject([{ refusedAt: undefined, issued: { [DAY]: 1 } }]);
  });

  it('ends a classic refresh with the suspicion that there was before, or a new one', async () => {
    const failure = { class: 'unavailable', cause: 'probe-unclear' };
    const { run, tokens, state, clock } = await startLeaseScene('classic');
    expect(await run([{ probe: 'reset' }], undefined)).toEqual({ kind: 'failed', failure });
    expect(await state()).toMatchObject({ suspectAt: clock.now(), nextDueAt: clock.now(), failure });
    const since = clock.now() - 50_000;
    tokens.patch(APP_ID, { suspectAt: since, nextDueAt: since });
    await run([{ probe: 'reset' }], undefined);
    expect(await state()).toMatchObject({ suspectAt: since, nextDueAt: since });
  });
});

describe('a suspect token that works', () => {
  it('is settled 330 s after the doubt arose, and not before', async () => {
    const { run, tokens, state, clock } = await startLeaseScene('classic');
    const { token } = await state();
    const suspectAt = clock.now();
    tokens.patch(APP_ID, { suspectAt });
    await run([{ probe: WORKS }], undefined);
    expect(await state()).toMatchObject({ suspectAt, nextDueAt: suspectAt + SUSPECT_PROBE_AFTER_MS });
    clock.set(suspectAt + SUSPECT_PROBE_AFTER_MS - 1);
    await run([{ probe: WORKS }], undefined);
    expect((await state()).suspectAt).toBe(suspectAt);
    clock.set(suspectAt + SUSPECT_PROBE_AFTER_MS);
    await run([{ probe: WORKS }], undefined);
    expect(await state()).toMatchObject({ suspectAt: undefined, nextDueAt: (token?.expiresAt ?? 0) - 3_600_000 });
  });

  it('is next due in its last four and a half minutes in stable mode', async () => {
    const { run, tokens, state, clock } = await startLeaseScene('stable');
    tokens.patch(APP_ID, { suspectAt: clock.now() - SUSPECT_PROBE_AFTER_MS });
    await run([{ probe: WORKS }], undefined);
    const { suspectAt, nextDueAt, token } = await state();
    expect([suspectAt, nextDueAt]).toEqual([undefined, (token?.expiresAt ?? 0) - 270_000]);
  });

  it('is renewed at its regular time when that comes before the end of the doubt', async () => {
    const { run, tokens, state, clock } = await startLeaseScene('classic');
    const regular = ((await state()).token?.expiresAt ?? 0) - 3_600_000;
    clock.set(regular - 10_000);
    tokens.patch(APP_ID, { suspectAt: clock.now() });
    await run([{ probe: WORKS }], undefined);
    expect((await state()).nextDueAt).toBe(regular);
  });
});

describe('a probe under a lease', () => {
  it('of an account without a token is a fault of ours, and says so', async () => {
    const { tokens } = await startLeaseScene('stable');
    const state = await tokens.read(APP_ID);
    if (state === undefined) throw new Error('the account is gone');
    const leased = { leaseId: 'mine', countedIssue: { cap: 1, forced: false }, state: { ...state, token: undefined } };
    // Nothing of these is used before the fault shows.
    const unused = undefined as never;
    await expect(refreshUnderLease(unused, { ...leased, account: unused }, undefined)).rejects.toThrow(
      'a probe needs a stored token',
    );
  });
});
