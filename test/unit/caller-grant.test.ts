import { describe, expect, it } from 'vitest';
import type { Caller } from '#shared/caller/caller.ts';
import { grantedAccounts, grantsPath, grantsPermission } from '#shared/caller/grant.ts';

const callerWith = (...grants: Caller['grants']): Caller => ({
  id: 'caller00',
  name: 'shop',
  disabled: false,
  keys: [],
  sealingKey: '0'.repeat(64),
  grants,
});

describe('a grant by path', () => {
  it.each<[string, string, boolean]>([
    ['/cgi-bin/menu/get', '/cgi-bin/menu/get', true],
    ['/cgi-bin/menu/get', '/cgi-bin/menu/get/', true],
    ['/cgi-bin/menu/get/', '/cgi-bin/menu/get', true],
    ['/cgi-bin/menu/get', '/CGI-BIN/Menu/Get', true],
    ['/CGI-bin/menu/*', '/cgi-bin/menu/get', true],
    ['/cgi-bin/menu/get', '/cgi-bin/menu/get2', false],
    ['/cgi-bin/menu/get', '/cgi-bin/menu', false],
    ['/cgi-bin/menu', '/cgi-bin/menu/get', false],
    ['/*', '/wxa/getwxacode', true],
    ['/cgi-bin/*', '/cgi-bin/message/custom/send', true],
    ['/cgi-bin/*', '/cgi-binx/menu', false],
    ['/cgi-bin/*', '/cgi-bin', false],
    ['/cgi-bin/*/get', '/cgi-bin/user/info/get', true],
    ['/cgi-bin/*/get', '/cgi-bin/get', false],
    ['/cgi-bin/*get', '/cgi-bin/get', true],
    ['/a*b*c', '/abxbc', true],
    ['/a*b*c', '/acb', false],
    ['/ab*ba', '/aba', false],
    ['/a**b', '/ab', true],
    ['/cgi.bin/menu', '/cgi-bin/menu', false],
    ['*', '/cgi-bin/menu', false],
    ['token:read', '/token:read', false],
  ])('%s, asked for %s: %s', (pattern, path, granted) => {
    expect(grantsPath(callerWith({ appId: 'wx1', allow: [pattern] }), 'wx1', path)).toBe(granted);
  });

  it('holds for its own account only', () => {
    const caller = callerWith({ appId: 'wx1', allow: ['/*'] }, { appId: 'wx2', allow: ['/wxa/*'] });
    expect(grantsPath(caller, 'wx2', '/cgi-bin/menu/get')).toBe(false);
    expect(grantsPath(caller, 'wx3', '/wxa/getwxacode')).toBe(false);
  });

  it('adds to the other grants for the same account', () => {
    const caller = callerWith({ appId: 'wx1', allow: ['/wxa/*'] }, { appId: 'wx1', allow: ['/cgi-bin/*'] });
    expect(grantsPath(caller, 'wx1', '/cgi-bin/menu/get')).toBe(true);
  });

  it('is nothing at all by default', () => {
    expect(grantsPath(callerWith(), 'wx1', '/cgi-bin/menu/get')).toBe(false);
    expect(grantsPath(callerWith({ appId: 'wx1', allow: [] }), 'wx1', '/cgi-bin/menu/get')).toBe(false);
  });

  it('never covers the look-up of other requests by rid, which takes rid:read and nothing else', () => {
    const byPattern = callerWith({ appId: 'wx1', allow: ['/*', '/cgi-bin/openapi/rid/get'] });
    const byPermission = callerWith({ appId: 'wx1', allow: ['rid:read'] });
    for (const path of ['/cgi-bin/openapi/rid/get', '/cgi-bin/openapi/rid/get/', '/cgi-bin/OpenAPI/RID/Get//']) {
      expect(grantsPath(byPattern, 'wx1', path)).toBe(false);
      expect(grantsPath(byPermission, 'wx1', path)).toBe(true);
    }
    expect(grantsPath(byPermission, 'wx1', '/cgi-bin/openapi/quota/get')).toBe(false);
  });

  it('is settled also for a pattern made to be slow', () => {
    const caller = callerWith({ appId: 'wx1', allow: [`/${'*a'.repeat(100)}b`] });
    expect(grantsPath(caller, 'wx1', `/${'a'.repeat(10_000)}`)).toBe(false);
  });
});

describe('a named permission', () => {
  it('is not implied by any pattern', () => {
    expect(grantsPermission(callerWith({ appId: 'wx1', allow: ['/*'] }), 'wx1', 'token:read')).toBe(false);
  });

  it('holds for its own account only', () => {
    const caller = callerWith({ appId: 'wx1', allow: ['token:read'] }, { appId: 'wx2', allow: ['/*'] });
    expect(grantsPermission(caller, 'wx1', 'token:read')).toBe(true);
    expect(grantsPermission(caller, 'wx1', 'server-ips:read')).toBe(false);
    expect(grantsPermission(caller, 'wx2', 'token:read')).toBe(false);
  });
});

describe('the granted accounts', () => {
  it('are listed once each, in the order of the grants', () => {
    const grants = ['wx2', 'wx1', 'wx2'].map((appId) => ({ appId, allow: ['/*'] }));
    expect(grantedAccounts(callerWith(...grants))).toEqual(['wx2', 'wx1']);
  });
});
