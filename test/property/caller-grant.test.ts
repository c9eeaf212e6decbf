import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Caller, PERMISSIONS } from '#shared/caller/caller.ts';
import { grantsPath, grantsPermission } from '#shared/caller/grant.ts';

// Few letters, so that patterns and paths often meet.
const paths = fc
  .string({ unit: fc.constantFrom('a', 'B', 'b', '/'), minLength: 1, maxLength: 12 })
  .map((text) => `/${text}`);
const patterns = fc.string({ unit: fc.constantFrom('a', 'B', 'b', '/', '*'), maxLength: 10 }).map((text) => `/${text}`);

const callerWith = (allow: readonly string[], appId = 'wx1'): Caller => ({
  id: 'caller00',
  name: 'shop',
  disabled: false,
  keys: [],
  sealingKey: '0'.repeat(64),
  grants: [{ appId, allow }],
});

const comparable = (text: string) => text.toLowerCase().replace(/\/+$/, '');

describe('grants by path pattern', () => {
  it('decide as the same pattern does as a regular expression', () => {
    fc.assert(
      fc.property(patterns, paths, (pattern, path) => {
        const expression = new RegExp(`^${comparable(pattern).replaceAll('*', '.*')}$`);
        expect(grantsPath(callerWith([pattern]), 'wx1', path)).toBe(expression.test(comparable(path)));
      }),
      { numRuns: 20_000 },
    );
  });

  it('allow a path exactly when one of them does', () => {
    fc.assert(
      fc.property(fc.array(patterns, { maxLength: 4 }), paths, (allow, path) => {
        const alone = allow.map((pattern) => grantsPath(callerWith([pattern]), 'wx1', path));
        expect(grantsPath(callerWith(allow), 'wx1', path)).toBe(alone.includes(true));
      }),
    );
  });

  it('never reach another account and never a named permission', () => {
    fc.assert(
      fc.property(
        fc.array(patterns, { maxLength: 4 }),
        paths,
        fc.constantFrom(...PERMISSIONS),
        (allow, path, permission) => {
          expect(grantsPath(callerWith(allow, 'wx2'), 'wx1', path)).toBe(false);
          expect(grantsPermission(callerWith(allow), 'wx1', permission)).toBe(false);
        },
      ),
    );
  });
});
