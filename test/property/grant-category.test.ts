import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isClearQuota, isRidGet } from '#shared/api-call/path.ts';
import { type Caller, PERMISSIONS } from '#shared/caller/caller.ts';
import { grantsPath, grantsPermission } from '#shared/caller/grant.ts';
import { CATEGORIES, endpointOf, listEndpoints } from '#shared/wechat/endpoints.ts';

const callerWith = (allow: readonly string[]): Caller => ({
  id: 'caller00',
  name: 'shop',
  disabled: false,
  keys: [],
  sealingKey: '0'.repeat(64),
  grants: [{ appId: 'wx1', allow }],
});

const categories = fc.subarray([...CATEGORIES]);
const entriesOf = (names: readonly string[]) => names.map((name) => `category:${name}`);
const catalogued = fc.constantFrom(...listEndpoints().map(({ path }) => path));
const unknown = fc.stringMatching(/^\/[A-Za-z_]{1,8}\/[A-Za-z_/]{1,12}$/);
/** The same path to WeChat: another letter case, slashes at the end. */
const spelling = (path: string) =>
  fc
    .tuple(fc.array(fc.boolean(), { minLength: path.length, maxLength: path.length }), fc.constantFrom('', '/', '//'))
    .map(([upper, tail]) => Array.from(path, (c, n) => (upper[n] ? c.toUpperCase() : c)).join('') + tail);
const paths = fc.oneof(catalogued, unknown).chain((path) => fc.tuple(fc.constant(path), spelling(path)));

describe('grants by category', () => {
  it('allow just the calls that the catalogue has in those categories, however they are spelt', () => {
    fc.assert(
      fc.property(categories, paths, (names, [path, spelt]) => {
        const category = endpointOf(path)?.category;
        const expected = category !== undefined && names.includes(category);
        expect(grantsPath(callerWith(entriesOf(names)), 'wx1', spelt)).toBe(expected);
      }),
    );
  });

  it('allow, beside patterns, what either of them does', () => {
    const patterns = fc.subarray(['/cgi-bin/*', '/wxa/*', '/datacube/get*', '/*/get']);
    fc.assert(
      fc.property(categories, patterns, paths, (names, allow, [, path]) => {
        const either =
          grantsPath(callerWith(entriesOf(names)), 'wx1', path) || grantsPath(callerWith(allow), 'wx1', path);
        expect(grantsPath(callerWith([...allow, ...entriesOf(names)]), 'wx1', path)).toBe(either);
      }),
    );
  });

  it('never imply a named permission, nor a call that takes one; the permission alone does', () => {
    const special = catalogued.filter((path) => isRidGet(path) || isClearQuota(path)).chain(spelling);
    fc.assert(
      fc.property(categories, special, fc.subarray([...PERMISSIONS]), (names, path, permissions) => {
        const everything = ['/*', ...entriesOf(names)];
        for (const permission of PERMISSIONS) {
          expect(grantsPermission(callerWith(everything), 'wx1', permission)).toBe(false);
        }
        const needed = isRidGet(path) ? 'rid:read' : 'quota:clear';
        expect(grantsPath(callerWith([...everything, ...permissions]), 'wx1', path)).toBe(permissions.includes(needed));
        expect(grantsPath(callerWith(permissions), 'wx1', path)).toBe(permissions.includes(needed));
      }),
    );
  });
});
