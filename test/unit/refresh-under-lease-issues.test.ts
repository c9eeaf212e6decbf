import { describe, expect, it } from 'vitest';
import { APP_ID, newToken, REFUSED, SECRETS, startLeaseScene } from './refresh-under-lease-scene.ts';

const MODES = ['stable', 'classic'] as const;
const DAY = '20261120';

describe.each(MODES)('a %s issue under its lease', (mode) => {
  it('that brings the stored token again is committed, and forces nothing, when no probe was refused', async () => {
    const { run, asked } = await startLeaseScene(mode);
    expect(await run([{ issue: newToken('T0') }], SECRETS.v1)).toMatchObject({ kind: 'committed', forced: false });
    expect(asked).toEqual([{ issue: 'one', forced: false }]);
  });

  it('that cannot begin for want of an app secret records why', async () => {
    const { run, asked, state } = await startLeaseScene(mode);
    const failure = { class: 'unavailable', cause: 'app-secret-unavailable' } as const;
    expect(await run([], failure)).toEqual({ kind: 'failed', failure });
    expect(asked).toEqual([]);
    expect(await state()).toMatchObject({ failure: { ...failure, count: 1 }, lease: undefined });
  });

  it('whose answer was lost leaves a suspicion in classic mode and none in stable mode', async () => {
    const { run, state, clock } = await startLeaseScene(mode);
    expect(await run([{ issue: 'reset' }], SECRETS.v1)).toMatchObject({ kind: 'failed', failure: { cause: 'reset' } });
    const { suspectAt, cooldownEnd } = await state();
    expect(suspectAt).toBe(mode === 'classic' ? clock.now() : undefined);
    expect(cooldownEnd).toBe(clock.now() + 500);
  });

  it('that WeChat refused leaves no suspicion and moves no due time', async () => {
    const { run, state } = await startLeaseScene(mode);
    const { nextDueAt } = await state();
    await run([{ issue: { errcode: 40243 } }], SECRETS.v1);
    expect(await state()).toMatchObject({ suspectAt: undefined, nextDueAt });
  });

  it('that fails after the lease has gone to somebody else leaves everything to them', async () => {
    const { run, leaseElsewhere, state } = await startLeaseScene(mode);
    expect(await run([{ issue: { errcode: 40243 }, meanwhile: leaseElsewhere }], SECRETS.v1)).toEqual({
      kind: 'superseded',
    });
    expect(await state()).toMatchObject({ failure: undefined, cooldownEnd: 0, lease: { id: 'theirs' } });
  });

  it('with an app secret that was replaced is made once more, counted, under a lease of its own', async () => {
    const { run, asked, storeSecret, state, clock } = await startLeaseScene(mode);
    storeSecret(SECRETS.v2);
    const meanwhile = async () => clock.set(clock.now() + 3_000);
    const script = [
      { issue: { errcode: 40125 }, meanwhile },
      { issue: newToken('T1'), meanwhile },
    ];
    expect(await run(script, SECRETS.v1)).toMatchObject({ kind: 'committed' });
    expect(asked).toEqual([
      { issue: 'one', forced: false },
      { issue: 'two', forced: false },
    ]);
    expect((await state()).issued).toEqual({ [DAY]: 2 });
  });

  it('with an app secret that is still the same, or gone, is not made again', async () => {
    for (const secret of [SECRETS.v1, undefined]) {
      const { run, asked, storeSecret, state } = await startLeaseScene(mode);
      storeSecret(secret);
      const outcome = await run([{ issue: { errcode: 40125 } }], SECRETS.v1);
      expect(outcome).toMatchObject({ kind: 'failed', failure: { errcode: 40125, secretVersion: 'v1' } });
      expect(asked).toHaveLength(1);
      expect((await state()).issued).toEqual({ [DAY]: 1 });
    }
  });

  it('that WeChat refused for anything but the secret is not made again with another one', async () => {
    const { run, asked, storeSecret } = await startLeaseScene(mode);
    storeSecret(SECRETS.v2);
    expect(await run([{ issue: { errcode: 40164 } }], SECRETS.v1)).toMatchObject({ failure: { errcode: 40164 } });
    expect(asked).toHaveLength(1);
  });

  it('is not made again past the day’s cap', async () => {
    const { run, asked, tokens, storeSecret } = await startLeaseScene(mode);
    tokens.patch(APP_ID, { [`issued${DAY}`]: 999 });
    storeSecret(SECRETS.v2);
    expect(await run([{ issue: { errcode: 40125 } }], SECRETS.v1)).toMatchObject({ failure: { errcode: 40125 } });
    expect(asked).toHaveLength(1);
  });
});

describe('a forced issue', () => {
  const HANDED_OUT_AGAIN = [{ probe: REFUSED }, { issue: newToken('T0') }] as const;

  it('is made when the refused token comes again, and counted as forced', async () => {
    const { run, asked, tokens, state, clock } = await startLeaseScene('stable');
    const seen: unknown[] = [];
    const meanwhile = async () => seen.push(tokens.item(APP_ID)?.[`forced${DAY}`]?.N);
    const script = [...HANDED_OUT_AGAIN, { issue: newToken('T1'), meanwhile }];
    expect(await run(script, undefined)).toMatchObject({ kind: 'committed', forced: true });
    expect(asked.map(({ forced }) => forced)).toEqual([undefined, false, true]);
    expect(seen).toEqual(['1']);
    expect(await state()).toMatchObject({ lastForcedAt: clock.now(), issued: { [DAY]: 2 }, token: { value: 'T1' } });
  });

  it('is not made when another token came than the one that was refused', async () => {
    const { run, asked } = await startLeaseScene('stable');
    expect(await run([{ probe: REFUSED }, { issue: newToken('T1') }], undefined)).toMatchObject({ forced: false });
    expect(asked).toHaveLength(2);
  });

  it('waits for 30 s when WeChat would ignore it', async () => {
    const { run, asked, tokens, state, clock } = await startLeaseScene('stable');
    tokens.patch(APP_ID, { lastForcedAt: clock.now() - 29_999 });
    const failure = { class: 'unavailable', cause: 'forced-issue-not-allowed' };
    expect(await run(HANDED_OUT_AGAIN, undefined)).toEqual({ kind: 'failed', failure });
    expect(asked).toHaveLength(2);
    const { cooldownEnd, suspectAt } = await state();
    expect([cooldownEnd, suspectAt]).toEqual([clock.now() + 30_000, undefined]);
  });

  it('is left to whoever has the lease meanwhile', async () => {
    const { run, leaseElsewhere, state } = await startLeaseScene('stable');
    const script = [{ probe: REFUSED }, { issue: newToken('T0'), meanwhile: leaseElsewhere }];
    expect(await run(script, undefined)).toEqual({ kind: 'superseded' });
    expect(await state()).toMatchObject({ failure: undefined, lease: { id: 'theirs' } });
  });

  it('is not needed when somebody has committed meanwhile', async () => {
    const { run, commitElsewhere, state } = await startLeaseScene('stable');
    const script = [{ probe: REFUSED }, { issue: newToken('T0'), meanwhile: () => commitElsewhere('T9') }];
    expect(await run(script, undefined)).toEqual({ kind: 'superseded' });
    expect(await state()).toMatchObject({ failure: undefined, lease: undefined, token: { value: 'T9' } });
  });

  it('that brings the same token all the same stores nothing and pauses for 30 s', async () => {
    const { run, state, clock } = await startLeaseScene('stable');
    const failure = { class: 'unavailable', cause: 'forced-issue-without-effect' };
    expect(await run([...HANDED_OUT_AGAIN, { issue: newToken('T0') }], undefined)).toEqual({ kind: 'failed', failure });
    const { version, cooldownEnd, suspectAt } = await state();
    expect([version, cooldownEnd, suspectAt]).toEqual([1, clock.now() + 30_000, undefined]);
  });

  it('for an operator comes at once; when its answer is lost the token before it is suspect', async () => {
    const { run, asked, state, clock } = await startLeaseScene('stable');
    expect(await run([{ issue: newToken('T1') }], SECRETS.v1, true)).toMatchObject({ kind: 'committed', forced: true });
    expect(asked).toEqual([{ issue: 'one', forced: true }]);
    clock.set(clock.now() + 30_000);
    expect(await run([{ issue: 'reset' }], SECRETS.v1, true)).toMatchObject({ kind: 'failed' });
    expect(await state()).toMatchObject({ suspectAt: clock.now(), nextDueAt: clock.now(), token: { value: 'T1' } });
  });

  it('may be the first of an account', async () => {
    const { run, tokens, state } = await startLeaseScene('stable');
    tokens.patch(APP_ID, { accessToken: undefined });
    expect(await run([{ issue: newToken('T1') }], SECRETS.v1, true)).toMatchObject({ kind: 'committed', forced: true });
    expect((await state()).token?.value).toBe('T1');
  });

  it('with an app secret that was replaced is not made again within 30 s, when WeChat would ignore it', async () => {
    const { run, asked, storeSecret } = await startLeaseScene('stable');
    storeSecret(SECRETS.v2);
    const outcome = await run([{ issue: { errcode: 40125 } }], SECRETS.v1, true);
    expect(outcome).toMatchObject({ kind: 'failed', failure: { errcode: 40125 } });
    expect(asked).toHaveLength(1);
  });
});
