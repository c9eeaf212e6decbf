import { beforeEach, describe, expect, it } from 'vitest';
import { createTokenReader, type TokenReader } from '#shared/access-token/token-reader.ts';
import type { TokenState } from '#shared/access-token/token-state.ts';
import { createMovableClock, type MovableClock } from '../movable-clock.ts';
import { tokenIssuedAt, tokenState } from './token-states.ts';

const AWAY = new Error('the table is away');

/** A table with one account, whose reads a test counts, delays and fails. */
function createTable(state: TokenState | undefined) {
  const table = {
    state,
    reads: [] as ('glance' | 'read')[],
    failure: undefined as Error | undefined,
    gate: Promise.resolve(),
    glance: () => table.answer('glance'),
    read: () => table.answer('read'),
    async answer(kind: 'glance' | 'read') {
      table.reads.push(kind);
      const seen = table.state;
      await table.gate;
      if (table.failure) throw table.failure;
      return seen;
    },
  };
  return table;
}

describe('the stored tokens as one environment sees them', () => {
  let clock: MovableClock;
  let table: ReturnType<typeof createTable>;
  let reader: TokenReader;
  let random: number;
  let stale: unknown[];

  beforeEach(() => {
    clock = createMovableClock();
    table = createTable(tokenState({ token: tokenIssuedAt(clock.now()), version: 1 }));
    random = 0.5;
    stale = [];
    const onStale = (appId: string, error: unknown) => void stale.push([appId, error]);
    reader = createTokenReader({ tokens: table, clock, random: () => random, onStale });
  });

  it.each([
    [0, 36_000],
    [0.5, 45_000],
    [0.999_999, 53_999],
  ])('come from memory for 45 s, give or take 20 %%: jitter %s gives %s ms', async (jitter, keptMs) => {
    random = jitter;
    await reader.get('wx1');
    await clock.advance(keptMs - 1);
    await reader.get('wx1');
    expect(table.reads).toEqual(['glance']);
    await clock.advance(2);
    await reader.get('wx1');
    expect(table.reads).toEqual(['glance', 'glance']);
  });

  it('are read once for many callers at the same time', async () => {
    const states = await Promise.all(Array.from({ length: 50 }, () => reader.get('wx1')));
    expect(new Set(states)).toEqual(new Set([table.state]));
    expect(table.reads).toEqual(['glance']);
    await Promise.all([reader.reread('wx1'), reader.reread('wx1'), reader.get('wx2')]);
    expect(table.reads).toEqual(['glance', 'read', 'glance']);
  });

  it.each([
    ['there is none', {}],
    ['it is past its end', { token: tokenIssuedAt(0) }],
    ['a probe saw it refused', { token: tokenIssuedAt(createMovableClock().now()), refusedAt: 1 }],
  ])('are read each time while %s', async (_, changes) => {
    table.state = tokenState(changes);
    await reader.get('wx1');
    await reader.get('wx1');
    expect(table.reads).toEqual(['glance', 'glance']);
  });

  it('are not kept past the end of the token', async () => {
    table.state = tokenState({ token: { ...tokenIssuedAt(clock.now()), expiresAt: clock.now() + 1_000 } });
    await reader.get('wx1');
    await clock.advance(1_000);
    await reader.get('wx1');
    expect(table.reads).toHaveLength(2);
  });

  it('are told as unknown for an account that nobody added, and looked for again at once', async () => {
    table.state = undefined;
    expect(await reader.get('wx1')).toBeUndefined();
    table.state = tokenState({ token: tokenIssuedAt(clock.now()) });
    expect(await reader.get('wx1')).toBe(table.state);
  });

  it('are read consistently when asked for that, and memory keeps what that found', async () => {
    await reader.get('wx1');
    table.state = tokenState({ token: tokenIssuedAt(clock.now(), '99_next'), version: 2 });
    expect(await reader.reread('wx1')).toBe(table.state);
    expect(await reader.get('wx1')).toBe(table.state);
    expect(table.reads).toEqual(['glance', 'read']);
  });

  it('do not go back when an older read ends after a newer one', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    table.gate = promise;
    const older = reader.get('wx1');
    table.gate = Promise.resolve();
    table.state = tokenState({ token: tokenIssuedAt(clock.now(), '99_next'), version: 2 });
    await reader.reread('wx1');
    resolve();
    expect((await older)?.version).toBe(2);
    expect((await reader.get('wx1'))?.version).toBe(2);
  });

  it('are those of an account that was removed and added again, whose versions begin anew', async () => {
    table.state = tokenState({ token: tokenIssuedAt(clock.now()), version: 50 });
    await reader.get('wx1');
    table.state = tokenState({ token: tokenIssuedAt(clock.now(), '99_anew'), version: 1 });
    await clock.advance(45_000);
    expect((await reader.get('wx1'))?.version).toBe(1);
  });

  describe('while the table does not answer', () => {
    it('come from memory until the token’s own end, with a look at the table every 5 s', async () => {
      await reader.get('wx1');
      await clock.advance(60_000);
      table.failure = AWAY;
      expect((await reader.get('wx1'))?.version).toBe(1);
      await clock.advance(4_999);
      await reader.get('wx1');
      expect(stale).toEqual([['wx1', AWAY]]);
      await clock.advance(1);
      await reader.get('wx1');
      expect(stale).toHaveLength(2);
      await clock.advance(7_200_000 - 65_000);
      await expect(reader.get('wx1')).rejects.toBe(AWAY);
    });

    it('are an error when memory has nothing', async () => {
      table.failure = AWAY;
      await expect(reader.get('wx1')).rejects.toBe(AWAY);
      expect(stale).toEqual([]);
    });

    it('are an error for whoever needs them as they are now', async () => {
      await reader.get('wx1');
      table.failure = AWAY;
      await expect(reader.reread('wx1')).rejects.toBe(AWAY);
    });

    it('are read again as soon as the table is back', async () => {
      await reader.get('wx1');
      await clock.advance(60_000);
      table.failure = AWAY;
      await reader.get('wx1');
      table.failure = undefined;
      table.state = tokenState({ token: tokenIssuedAt(clock.now(), '99_next'), version: 2 });
      await clock.advance(5_000);
      expect((await reader.get('wx1'))?.version).toBe(2);
    });
  });
});
