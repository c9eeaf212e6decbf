import { describe, expect, it } from 'vitest';
import { changeOf, detailOf } from '#shared/server-ips/announcement.ts';
import { messageOf } from '#shared/server-ips/change-message.ts';
import { type ListVersion, NOTHING_YET } from '#shared/server-ips/list-state.ts';
import { withNextVersion } from '#shared/server-ips/next-version.ts';
import type { Ranges } from '#shared/server-ips/ranges.ts';
import { servedList } from '#shared/server-ips/served-format.ts';
import { MalformedSyncEvent, parseSyncEvent } from '#shared/server-ips/sync-event.ts';

const NOON = Date.UTC(2026, 10, 20, 4);
const ACCOUNT = 'wx0123456789abcdef';

const v4 = (...ranges: string[]): Ranges => ({ v4: ranges, v6: [] });
const version = (ranges: Ranges, previous: Ranges = { v4: [], v6: [] }): ListVersion => ({
  version: 7,
  ranges,
  previous,
  at: NOON,
  account: ACCOUNT,
  reason: 'observed',
});
const HOLES = Array.from({ length: 1_500 }, (_, n) => `2402:4e00:${(n * 3).toString(16)}::1/128`);

describe('a version', () => {
  it('follows the one before, remembers it, and leaves nothing pending', () => {
    const pending = { ranges: v4('1.1.1.1/32'), since: 1, days: ['20261120'], account: ACCOUNT };
    const state = { ...NOTHING_YET, applied: version(v4('2.2.2.2/32')), pending };
    const next = withNextVersion(state, { ranges: v4('1.1.1.1/32'), reason: 'approved', account: ACCOUNT, at: NOON });
    expect(next.applied).toMatchObject({ version: 8, previous: v4('2.2.2.2/32'), reason: 'approved' });
    expect(next.pending).toBeUndefined();
    expect(next.tellingUntil).toBeGreaterThan(NOON);
  });

  it('is told in an event with exactly the difference', () => {
    const change = changeOf('test', 'callback', version(v4('101.1.1.0/31'), v4('101.1.1.1/32', '101.9.9.9/32')));
    expect(detailOf(change)).toEqual({
      schemaVersion: 1,
      stage: 'test',
      list: 'callback',
      version: 7,
      changedAt: new Date(NOON).toISOString(),
      reason: 'observed',
      account: ACCOUNT,
      added: v4('101.1.1.0/32'),
      removed: v4('101.9.9.9/32'),
      addedRanges: 1,
      removedRanges: 1,
      ranges: 1,
      complete: true,
    });
  });

  it('is told in at most 256 KB and a short message, whatever the difference', () => {
    const before = { v4: [], v6: HOLES };
    const change = changeOf('test', 'callback', version({ v4: ['101.0.0.0/9'], v6: ['2402:4e00::/32'] }, before));
    const detail = detailOf(change);
    expect(detail.addedRanges).toBeGreaterThan(100_000);
    expect(detail.complete).toBe(false);
    expect(detail.added.v6.length).toBeGreaterThan(1_000);
    expect(Buffer.byteLength(JSON.stringify(detail))).toBeLessThan(250_000);
    const { subject, body } = messageOf(change);
    expect(subject.length).toBeLessThan(100);
    expect(body.length).toBeLessThan(5_000);
    expect(body).toMatch(/and \d+ more/);
  });

  it('is served as JSON, as lines and as nginx rules', () => {
    const applied = version({ v4: ['101.1.1.1/32', '101.2.0.0/24'], v6: ['2402:4e00::/32'] });
    expect(JSON.parse(servedList('callback', applied, 'json').body)).toEqual({
      list: 'callback',
      version: 7,
      changedAt: new Date(NOON).toISOString(),
      v4: ['101.1.1.1/32', '101.2.0.0/24'],
      v6: ['2402:4e00::/32'],
    });
    expect(servedList('callback', applied, 'text').body).toBe('101.1.1.1/32\n101.2.0.0/24\n2402:4e00::/32\n');
    expect(servedList('callback', applied, 'nginx').body).toBe(
      '# WeChat callback IPs, version 7\nallow 101.1.1.1/32;\nallow 101.2.0.0/24;\nallow 2402:4e00::/32;\ndeny all;\n',
    );
  });
});

describe('the event of sync-server-ips', () => {
  it('is empty for a sync and names the pending list for an approval', () => {
    expect(parseSyncEvent({})).toEqual({ kind: 'sync' });
    expect(parseSyncEvent({ approve: { list: 'callback', since: 5 } })).toEqual({
      kind: 'approve',
      list: 'callback',
      since: 5,
    });
  });

  it.each([
    null,
    [],
    'x',
    { other: 1 },
    { approve: {} },
    { approve: 'callback' },
    { approve: { list: 'x', since: 1 } },
  ])('%j is refused', (event) => {
    expect(() => parseSyncEvent(event)).toThrow(MalformedSyncEvent);
  });
});
