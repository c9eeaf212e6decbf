import { describe, expect, it } from 'vitest';
import { parseRange } from '#shared/server-ips/cidr.ts';
import { judge } from '#shared/server-ips/judgement.ts';
import { type ListState, type ListVersion, NOTHING_YET } from '#shared/server-ips/list-state.ts';
import { observe } from '#shared/server-ips/observation.ts';
import type { Ranges } from '#shared/server-ips/ranges.ts';

const DAY_MS = 86_400_000;
const NOON = Date.UTC(2026, 10, 20, 4);
const ACCOUNT = 'wx0123456789abcdef';

const v4 = (...ranges: string[]): Ranges => ({ v4: ranges, v6: [] });
const version = (ranges: Ranges): ListVersion => ({
  version: 7,
  ranges,
  previous: { v4: [], v6: [] },
  at: NOON,
  account: ACCOUNT,
  reason: 'observed',
});

const scattered = (count: number) => Array.from({ length: count }, (_, n) => `101.${n >> 7}.${(2 * n) & 0xff}.1`);
const judgedOn = (state: ListState, ranges: Ranges, day: number) => judge(state, ranges, ACCOUNT, NOON + day * DAY_MS);

/** The state after a day whose list is kept pending. */
function pendingAfter(state: ListState, ranges: Ranges, day: number): ListState {
  const verdict = judgedOn(state, ranges, day);
  if (verdict.kind !== 'pending') throw new Error(`the list is not pending: ${verdict.kind}`);
  return { ...state, pending: verdict.pending };
}

describe('an entry of a list', () => {
  it.each([
    ['101.226.103.0/25', '101.226.103.0', 25],
    ['101.226.103.77/25', '101.226.103.0', 25],
    [' 106.55.206.146 ', '106.55.206.146', 32],
    ['2402:4E00::1', '2402:4e00::1', 128],
  ])('%s is read', (text, network, prefixLength) => {
    expect(parseRange(text)).toMatchObject({ prefixLength, first: parseRange(network)?.first });
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '01.2.3.4',
    '0x1.2.3.4',
    '16909060',
    '1.2.3.4/33',
    '1.2.3.4/-1',
    '1.2.3.4/08',
    '1.2.3.4/',
    '1.2.3.4/24/24',
    '1.2.3.*',
    '1.2.3.4:80',
    '1.2.3.4-1.2.3.9',
    '2402::4e00::1',
    'fe80::1%eth0',
    '2402:4e00::/129',
    'api.weixin.qq.com',
  ])('"%s" is none', (text) => {
    expect(parseRange(text)).toBeUndefined();
    expect(observe(['101.89.47.18', text])).toEqual({ kind: 'unusable', reason: 'unparsable', text });
  });

  it.each([null, 1, {}, ['1.2.3.4']])('%j is none either', (entry) => {
    expect(observe([entry])).toMatchObject({ kind: 'unusable', reason: 'unparsable' });
  });

  it.each([
    '0.0.0.0/0',
    '::/0',
    '0.0.0.0/1',
    '10.1.2.3',
    '8.0.0.0/6',
    '172.31.255.255',
    '192.168.0.0/16',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '224.0.0.1',
    '239.1.2.3/32',
    '255.255.255.255',
    '::',
    '::1',
    'fd00::/8',
    'fe80::1',
    'ff02::1',
    '::ffff:10.0.0.1',
    '2000::/0',
  ])('%s refuses the whole list', (text) => {
    expect(observe(['101.89.47.18', text])).toEqual({ kind: 'unusable', reason: 'forbidden', text });
  });

  it('that cannot be read is reported with its first 64 characters', () => {
    expect(observe(['x'.repeat(100)])).toMatchObject({ text: 'x'.repeat(64) });
  });

  it('may stand beside none: an empty list is refused', () => {
    expect(observe([])).toEqual({ kind: 'unusable', reason: 'empty', text: '' });
  });

  it('may be one of thousands, but not of more than an item of the table holds', () => {
    expect(observe(scattered(2_000))).toMatchObject({ kind: 'list' });
    expect(observe(scattered(9_000))).toMatchObject({ kind: 'unusable', reason: 'too-large' });
  });
});

describe('judging a list', () => {
  const FOUR = v4('101.1.1.1/32', '101.1.1.3/32', '101.1.1.5/32', '101.1.1.7/32');
  const TWO = v4('101.1.1.1/32', '101.1.1.3/32');
  const ONE = v4('101.1.1.1/32');
  const before: ListState = { ...NOTHING_YET, applied: version(FOUR) };
  it('applies the first', () => {
    expect(judgedOn(NOTHING_YET, ONE, 0)).toEqual({ kind: 'apply', ranges: ONE, reason: 'first' });
  });

  it('finds the same unchanged, and applies growth and the loss of up to half', () => {
    expect(judgedOn(before, FOUR, 0)).toEqual({ kind: 'unchanged' });
    expect(judgedOn(before, { ...FOUR, v6: ['2402:4e00::/32'] }, 0)).toMatchObject({
      kind: 'apply',
      reason: 'observed',
    });
    expect(judgedOn(before, TWO, 0)).toEqual({ kind: 'apply', ranges: TWO, reason: 'observed' });
  });

  it('keeps the loss of more than half pending', () => {
    expect(judgedOn(before, ONE, 0)).toEqual({
      kind: 'pending',
      pending: { ranges: ONE, since: NOON, days: ['20261120'], account: ACCOUNT },
    });
  });

  it('counts addresses and not entries', () => {
    const wide = { ...NOTHING_YET, applied: version(v4('101.1.1.1/32', '101.1.1.3/32', '101.2.0.0/24')) };
    expect(judgedOn(wide, v4('101.2.0.0/24'), 0)).toMatchObject({ kind: 'apply' });
    expect(judgedOn(wide, v4('101.1.1.1/32', '101.1.1.3/32'), 0)).toMatchObject({ kind: 'pending' });
  });

  it('does not let one IPv6 range hide that IPv4 is gone', () => {
    const both = { ...NOTHING_YET, applied: version({ ...FOUR, v6: ['2402:4e00::/32'] }) };
    expect(judgedOn(both, { v4: ['101.1.1.1/32'], v6: ['2402:4e00::/32'] }, 0)).toMatchObject({ kind: 'pending' });
  });

  it('applies a pending list that was seen on two later days', () => {
    const first = pendingAfter(before, ONE, 0);
    const second = pendingAfter(first, ONE, 1);
    expect(judgedOn(second, ONE, 2)).toEqual({ kind: 'apply', ranges: ONE, reason: 'confirmed' });
  });

  it('counts a day once, by WeChat time', () => {
    const first = pendingAfter(before, ONE, 0);
    const sameDay = pendingAfter(first, ONE, 0.4);
    expect(sameDay.pending?.days).toEqual(['20261120']);
    const nextDay = pendingAfter(sameDay, ONE, 0.5);
    expect(nextDay.pending?.days).toEqual(['20261120', '20261121']);
    expect(pendingAfter(nextDay, ONE, 0.9).pending?.days).toEqual(['20261120', '20261121']);
  });

  it('begins again with another list', () => {
    const other = v4('101.1.1.7/32');
    const second = pendingAfter(pendingAfter(before, ONE, 0), ONE, 1);
    const changed = pendingAfter(second, other, 2);
    expect(changed.pending).toMatchObject({ ranges: other, days: ['20261122'] });
    expect(judgedOn(changed, ONE, 3)).toMatchObject({ kind: 'pending' });
  });
});
