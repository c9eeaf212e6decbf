import { describe, expect, it } from 'vitest';
import {
  DOCUMENTED_SIZE_LIMITS,
  documentedQuota,
  listDocumentedQuotas,
  QUOTAS_RISE_AT_FOLLOWERS,
} from '#shared/wechat/endpoint-quotas.ts';
import { endpointOf, listEndpoints } from '#shared/wechat/endpoints.ts';
import { quotaDay, quotaDayStart, quotaHour } from '#shared/wechat/quota-day.ts';

describe('the documented quotas', () => {
  it('are of endpoints that the catalogue has, each once, spelt as there', () => {
    const paths = listDocumentedQuotas().map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
    for (const path of paths) expect(endpointOf(path)?.path).toBe(path);
    for (const { path } of DOCUMENTED_SIZE_LIMITS) expect(endpointOf(path)?.path).toBe(path);
  });

  it.each([
    ['/cgi-bin/token', 2_000, 200],
    ['/cgi-bin/menu/create', 1_000, 100],
    ['/cgi-bin/menu/get', 10_000, 1_000],
    ['/cgi-bin/groups/create', 1_000, 100],
    ['/cgi-bin/groups/members/update', 100_000, 1_000],
    ['/cgi-bin/media/upload', 100_000, 500],
    ['/cgi-bin/media/get', 200_000, 1_000],
    ['/CGI-BIN/message/custom/send/', 500_000, 50_000],
    ['/cgi-bin/message/mass/sendall', 100, undefined],
    ['/cgi-bin/media/uploadnews', 10, undefined],
    ['/cgi-bin/qrcode/create', 100_000, 10_000],
    ['/cgi-bin/user/get', 500, 100],
    ['/cgi-bin/user/info', 5_000_000, 500_000],
    ['/cgi-bin/user/info/updateremark', 10_000, undefined],
    ['/cgi-bin/draft/get', 500, undefined],
    ['/cgi-bin/freepublish/delete', 10, undefined],
  ])('of %s are %s and %s', (path, newAccount, testAccount) => {
    expect(documentedQuota(path)).toMatchObject({ newAccount, testAccount });
  });

  it('have a page each', () => {
    for (const { source } of [...listDocumentedQuotas(), ...DOCUMENTED_SIZE_LIMITS]) {
      expect(source).toMatch(/^doc\/[A-Za-z0-9_./-]+$/);
    }
  });

  it('are about user groups and not about tags, which texts in circulation take them for', () => {
    const tags = listEndpoints().filter(({ path }) => path.startsWith('/cgi-bin/tags/'));
    expect(tags.length).toBeGreaterThan(5);
    expect(tags.filter(({ path }) => documentedQuota(path) !== undefined)).toEqual([]);
  });

  it('rise a third time at ten million followers', () => {
    expect(QUOTAS_RISE_AT_FOLLOWERS).toEqual([100_000, 1_000_000, 10_000_000]);
  });
});

describe('a quota day', () => {
  it('begins at midnight in UTC+8', () => {
    const days = [0, 1, 0, 5].map((offset) => quotaDay(Date.UTC(2026, 10, 20, 15, 59), offset));
    expect(days).toEqual(['20261120', '20261121', '20261120', '20261125']);
    expect(quotaDay(Date.UTC(2026, 10, 20, 16))).toBe('20261121');
    expect(quotaDayStart('20261121')).toBe(Date.UTC(2026, 10, 20, 16));
  });

  it.each(['20260230', '2026-11-21', '20261301', '', '2026112x'])('is not %s', (day) => {
    expect(quotaDayStart(day)).toBeUndefined();
  });

  it('has the hours of UTC+8', () => {
    expect(quotaHour(Date.UTC(2026, 10, 20, 15, 59, 59, 999))).toBe(23);
    expect(quotaHour(Date.UTC(2026, 10, 20, 16))).toBe(0);
  });
});
