import { describe, expect, it } from 'vitest';
import { checkPath, comparablePath, isClearQuota, isNeverForwarded, isRidGet } from '#shared/api-call/path.ts';
import { CATEGORIES, endpointOf, isCategory, listEndpoints } from '#shared/wechat/endpoints.ts';

describe('the endpoint catalogue', () => {
  it('has some hundreds of endpoints, each of them once', () => {
    const paths = listEndpoints().map(({ path }) => comparablePath(path));
    expect(paths.length).toBeGreaterThan(300);
    expect(paths.filter((path, n) => paths.indexOf(path) !== n)).toEqual([]);
  });

  it('has only paths that a call may have, none with a slash at its end', () => {
    for (const { path } of listEndpoints()) {
      checkPath(path);
      expect(path).toBe(path.replace(/\/+$/, ''));
    }
  });

  it('names a page or an SDK for each', () => {
    for (const { source } of listEndpoints()) {
      expect(source).toMatch(/^(SDK source|(doc|miniprogram)\/[A-Za-z0-9_./-]+)$/);
    }
  });

  it('uses every category', () => {
    const used = new Set(listEndpoints().map(({ category }) => category));
    expect([...CATEGORIES].filter((category) => !used.has(category))).toEqual([]);
  });

  it('puts nothing into a category that takes a permission or is never forwarded', () => {
    const special = listEndpoints().filter(
      ({ path }) => isNeverForwarded(path) || isClearQuota(path) || isRidGet(path),
    );
    expect(special.length).toBeGreaterThan(10);
    expect(special.filter(({ category }) => category !== undefined)).toEqual([]);
  });

  it.each([
    ['/cgi-bin/message/custom/send', 'POST', 'messages'],
    ['/cgi-bin/message/subscribe/bizsend', 'POST', 'messages'],
    ['/cgi-bin/user/info', 'GET', 'users'],
    ['/cgi-bin/user/info/updateremark', 'POST', 'users'],
    ['/cgi-bin/tags/members/batchtagging', 'POST', 'tags'],
    ['/cgi-bin/menu/create', 'POST', 'menus'],
    ['/cgi-bin/menu/get', 'GET', 'menus'],
    ['/cgi-bin/menu/delete', 'GET', 'menus'],
    ['/cgi-bin/media/upload', 'POST', 'materials'],
    ['/cgi-bin/material/get_materialcount', 'GET', 'materials'],
    ['/cgi-bin/material/get_material', 'POST', 'materials'],
    ['/cgi-bin/qrcode/create', 'POST', 'qr-codes'],
    ['/wxa/getwxacodeunlimit', 'POST', 'qr-codes'],
    ['/datacube/getupstreammsgdistweek', 'POST', 'data'],
    ['/wxa/business/getuserphonenumber', 'POST', 'mini-program'],
    ['/cgi-bin/token', 'GET', undefined],
    ['/cgi-bin/stable_token', 'POST', undefined],
    ['/cgi-bin/get_api_domain_ip', 'GET', undefined],
    ['/cgi-bin/getcallbackip', 'GET', undefined],
    ['/cgi-bin/callback/check', 'POST', undefined],
    ['/cgi-bin/clear_quota', 'POST', undefined],
    ['/cgi-bin/clear_quota/v2', 'POST', undefined],
    ['/cgi-bin/openapi/quota/get', 'POST', undefined],
    ['/cgi-bin/openapi/quota/clear', 'POST', undefined],
    ['/cgi-bin/openapi/rid/get', 'POST', undefined],
    ['/cgi-bin/ticket/getticket', 'GET', undefined],
    ['/sns/jscode2session', 'GET', undefined],
    ['/sns/oauth2/refresh_token', 'GET', undefined],
  ])('knows %s as a %s of category %s', (path, method, category) => {
    expect(endpointOf(path)).toMatchObject({ path, method, category });
  });

  it.each([
    '/cgi-bin/stable/access_token',
    '/cgi-bin/clear_quota/v3',
    '/cgi-bin/tags/members/batch',
    '/menu/get',
    '/',
    '',
    '/toString',
    'source',
    'menus',
    'doc/service/api/base/api_getaccesstoken',
    '/cgi-bin/menu/get\nGET read /cgi-bin/menu/delete',
  ])('does not know %j', (path) => {
    expect(endpointOf(path)).toBeUndefined();
  });

  it('tells what it knows from what it does not however many paths it was asked for', () => {
    const asked = Array.from({ length: 2_000 }, (_, n) => `/cgi-bin/made-up/${n}`);
    expect(asked.filter((path) => endpointOf(path) !== undefined)).toEqual([]);
    for (const endpoint of listEndpoints()) expect(endpointOf(endpoint.path)).toEqual(endpoint);
    expect(endpointOf('/cgi-bin/made-up/2000')).toBeUndefined();
  });

  it('finds a path in any letter case and with slashes at its end', () => {
    expect(endpointOf('/CGI-bin/Menu/GET//')?.path).toBe('/cgi-bin/menu/get');
    expect(endpointOf('/wxaapi/broadcast/goods/deleteinroom')?.path).toBe('/wxaapi/broadcast/goods/deleteInRoom');
  });

  it.each(['/cgi-bin/menu/get', '/cgi-bin/user/info/batchget', '/datacube/getusersummary'])(
    'calls %s safe to repeat, since it only reads',
    (path) => {
      expect(endpointOf(path)?.safeToRepeat).toBe(true);
    },
  );

  it.each([
    '/cgi-bin/message/custom/send',
    '/cgi-bin/menu/delete',
    '/cgi-bin/token',
    '/sns/jscode2session',
    '/customservice/kfaccount/del',
    '/wxa/business/getuserphonenumber',
  ])('does not call %s safe to repeat', (path) => {
    expect(endpointOf(path)?.safeToRepeat).toBe(false);
  });
});

describe('a category', () => {
  it('is one of eight names', () => {
    expect(CATEGORIES.every(isCategory)).toBe(true);
    expect(['', '-', 'Menus', 'menu', 'toString'].filter(isCategory)).toEqual([]);
  });
});
