import { describe, expect, it } from 'vitest';
import type { RefreshOutcome } from '#shared/access-token/refresh-outcome.ts';
import { replaceLeakedToken } from '../../infra/operator/leak-procedure.ts';
import { createMovableClock } from '../movable-clock.ts';

const APP_ID = 'wx0123456789abcdef';

/** Runs the procedure against a function that answers so, in turn. */
async function procedure(...outcomes: ((now: number) => RefreshOutcome)[]) {
  const clock = createMovableClock();
  clock.autoAdvance = true;
  const startedAt = clock.now();
  const told: string[] = [];
  const calls: { request: string; afterMs: number }[] = [];
  const refreshFunction = {
    run: async (_appId: string, request: string) => {
      calls.push({ request, afterMs: clock.now() - startedAt });
      const outcome = outcomes[calls.length - 1]?.(clock.now());
      if (outcome === undefined) throw new Error('one call too many');
      return outcome;
    },
  };
  const session = {
    clock,
    terminal: { tell: (line: string) => void told.push(line) },
    gateway: { refreshFunction },
  };
  const result = await replaceLeakedToken(session, APP_ID);
  return { result, calls, told };
}

const committed = (now: number): RefreshOutcome => ({
  kind: 'committed',
  fingerprint: '0123456789abcdef',
  expiresAt: now + 7_200_000,
  forced: true,
});
const tooSoon = (now: number): RefreshOutcome => ({
  kind: 'not-allowed',
  cause: 'forced-too-soon',
  retryAt: now + 12_000,
});
const failed = (): RefreshOutcome => ({
  kind: 'failed',
  failure: { class: 'rejected', cause: 'errcode', errcode: 40243 },
});

describe('the procedure for a leaked token', () => {
  it('forces two issues over 30 s apart and tells how long it waits', async () => {
    const { result, calls, told } = await procedure(committed, committed);
    expect(calls).toEqual([
      { request: 'leaked', afterMs: 0 },
      { request: 'leaked', afterMs: 31_000 },
    ]);
    expect(result).toMatchObject({ json: { leakedTokenReplaced: true } });
    expect(result.failed).toBeUndefined();
    expect(told.filter((line) => line.endsWith('left.') && line.startsWith('WeChat wants'))).toHaveLength(4);
  });

  it('waits until an issue is allowed when somebody else has just forced one', async () => {
    const { result, calls } = await procedure(tooSoon, committed, committed);
    expect(calls.map(({ afterMs }) => afterMs)).toEqual([0, 12_000, 43_000]);
    expect(result.failed).toBeUndefined();
  });

  it.each([
    ['first', [failed]],
    ['second', [committed, failed]],
  ])(
    'stops when the %s issue fails, with the reason, and says that the token may still work',
    async (_which, outcomes) => {
      const { result, calls } = await procedure(...outcomes);
      expect(calls).toHaveLength(outcomes.length);
      expect(result).toMatchObject({ failed: true, json: { leakedTokenReplaced: false } });
      expect(result.text).toMatch(/errcode 40243.*[^]*Unfreeze it[^]*may still work[^]*again/);
    },
  );
});
