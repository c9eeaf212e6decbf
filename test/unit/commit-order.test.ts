import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccessToken, TokenMode } from '#shared/access-token/access-token.ts';
import { commitOrder } from '#shared/access-token/commit-order.ts';

const NOW = Date.UTC(2026, 10, 20, 4);
const issued = (mode: TokenMode, sentAt: number, receivedAt: number, expiresAt = sentAt + 7_200_000): AccessToken => ({
  value: `${mode} ${sentAt}`,
  fingerprint: `${mode} ${sentAt}`,
  mode,
  sentAt: NOW + sentAt,
  receivedAt: NOW + receivedAt,
  expiresAt: NOW + expiresAt,
});

describe('of two stable tokens', () => {
  it('the one that lives longer is kept, whatever the order of the calls', () => {
    const [early, late] = [issued('stable', 0, 100, 7_200_000), issued('stable', 50, 60, 7_300_000)];
    expect(commitOrder(late, early)).toEqual({ keep: 'ours', suspect: false });
    expect(commitOrder(early, late)).toEqual({ keep: 'stored', suspect: false });
  });

  it('the stored one is kept when both live equally long', () => {
    expect(commitOrder(issued('stable', 0, 100), issued('stable', 0, 90))).toEqual({ keep: 'stored', suspect: false });
  });
});

describe.each([
  ['classic', 'classic'],
  ['classic', 'stable'],
  ['stable', 'classic'],
] as const)('of a %s token and a stored %s one', (ours, stored) => {
  it('the one that was issued later is kept when 2 s or more lie between the calls', () => {
    expect(commitOrder(issued(ours, 2_100, 2_200), issued(stored, 0, 100))).toEqual({ keep: 'ours', suspect: false });
    expect(commitOrder(issued(ours, 0, 100), issued(stored, 2_100, 2_200))).toEqual({ keep: 'stored', suspect: false });
  });

  it('the one received later is kept and suspect when the calls overlap or nearly do', () => {
    expect(commitOrder(issued(ours, 2_099, 2_200), issued(stored, 0, 100))).toEqual({ keep: 'ours', suspect: true });
    expect(commitOrder(issued(ours, 0, 100), issued(stored, 2_099, 2_200))).toEqual({ keep: 'stored', suspect: true });
    expect(commitOrder(issued(ours, 0, 3_000), issued(stored, 500, 1_000))).toEqual({ keep: 'ours', suspect: true });
  });

  it('the stored one is kept and suspect when both were received in the same moment', () => {
    expect(commitOrder(issued(ours, 0, 500), issued(stored, 100, 500))).toEqual({ keep: 'stored', suspect: true });
  });
});

describe('two refreshers who see each other’s token', () => {
  const interval = fc.tuple(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 0, max: 4_000 }));
  const token = fc
    .tuple(fc.constantFrom<TokenMode>('stable', 'classic'), interval, fc.integer({ min: 1, max: 7_200_000 }))
    .map(([mode, [sentAt, tookMs], lifeMs]) => issued(mode, sentAt, sentAt + tookMs, sentAt + lifeMs));

  it('never keep different ones, and suspect alike', () => {
    fc.assert(
      fc.property(token, token, (left, right) => {
        fc.pre(left.receivedAt !== right.receivedAt && left.expiresAt !== right.expiresAt);
        const [mine, theirs] = [commitOrder(left, right), commitOrder(right, left)];
        expect(mine.keep === theirs.keep).toBe(false);
        expect(mine.suspect).toBe(theirs.suspect);
      }),
    );
  });

  it('never keep a token whose issue had surely ended before the other began, but for a stable one that lives longer', () => {
    fc.assert(
      fc.property(token, token, (left, right) => {
        fc.pre(right.sentAt - left.receivedAt >= 2_000 && !(left.mode === 'stable' && right.mode === 'stable'));
        expect(commitOrder(left, right)).toEqual({ keep: 'stored', suspect: false });
      }),
    );
  });
});
