import { describe, expect, it } from 'vitest';
import type { Caller } from '#shared/caller/caller.ts';
import { categoryOfEntry, grantsPath, grantsPermission } from '#shared/caller/grant.ts';

const callerWith = (...allow: string[]): Caller => ({
  id: 'caller00',
  name: 'shop',
  disabled: false,
  keys: [],
  sealingKey: '0'.repeat(64),
  grants: [{ appId: 'wx1', allow }],
});

describe('a grant by category', () => {
  it.each([
    ['category:menus', '/cgi-bin/menu/create', true],
    ['category:menus', '/CGI-BIN/Menu/Delete/', true],
    ['category:menus', '/cgi-bin/user/info', false],
    ['category:qr-codes', '/wxa/getwxacodeunlimit', true],
    ['category:mini-program', '/wxa/getwxacodeunlimit', false],
    ['category:menus', '/cgi-bin/menu/unheard-of', false],
    ['category:-', '/cgi-bin/get_api_domain_ip', false],
    ['category:undefined', '/cgi-bin/get_api_domain_ip', false],
    ['category:Menus', '/cgi-bin/menu/create', false],
    ['menus', '/cgi-bin/menu/create', false],
  ])('%s, asked for %s: %s', (entry, path, granted) => {
    expect(grantsPath(callerWith(entry), 'wx1', path)).toBe(granted);
  });

  it('holds for its own account only', () => {
    expect(grantsPath(callerWith('category:menus'), 'wx2', '/cgi-bin/menu/get')).toBe(false);
  });

  it('adds to patterns and other categories', () => {
    const caller = callerWith('category:menus', '/wxa/*', 'category:tags');
    const asked = ['/cgi-bin/menu/get', '/wxa/anything', '/cgi-bin/tags/get', '/cgi-bin/user/get'];
    expect(asked.map((path) => grantsPath(caller, 'wx1', path))).toEqual([true, true, true, false]);
  });
});

describe('the permission quota:clear', () => {
  it.each(['/cgi-bin/clear_quota', '/cgi-bin/clear_quota/', '/cgi-bin/Clear_Quota/V2'])(
    'is all that %s takes',
    (path) => {
      expect(grantsPath(callerWith('quota:clear'), 'wx1', path)).toBe(true);
      expect(grantsPath(callerWith('/*', '/cgi-bin/clear_quota*', 'rid:read', 'token:read'), 'wx1', path)).toBe(false);
    },
  );

  it('allows nothing else', () => {
    expect(grantsPath(callerWith('quota:clear'), 'wx1', '/cgi-bin/openapi/quota/get')).toBe(false);
    expect(grantsPermission(callerWith('quota:clear'), 'wx1', 'token:read')).toBe(false);
  });
});

describe('the category of an entry', () => {
  it('is there only when the entry names one that there is', () => {
    const entries = ['category:menus', 'category:', 'category:menu', 'menus', '/category:menus', 'quota:clear'];
    expect(entries.map(categoryOfEntry)).toEqual(['menus', ...entries.slice(1).map(() => undefined)]);
  });
});
