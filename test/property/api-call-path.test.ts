import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPath, isNeverForwarded } from '#shared/api-call/path.ts';
import { Refusal } from '#shared/api-call/refusal.ts';

const plain = fc.constantFrom('/', '.', '..', '...', '/a.', '-', '_', 'cgi-bin', 'sns', 'token', 'Token', '7');
const odd = fc.oneof(
  fc.constantFrom('//', '/../', '/./', '%2e', '%2f', '\\', '@', ':', '?', '#'),
  fc.string({ unit: 'binary', maxLength: 3 }),
);
const pieces = fc.array(fc.oneof({ weight: 7, arbitrary: plain }, { weight: 1, arbitrary: odd }), { maxLength: 8 });
const anyPath = pieces.map((parts) => `/${parts.join('')}`);

function accepted(path: string): boolean {
  try {
    checkPath(path);
    return true;
  } catch (error) {
    // A refusal is an answer, anything else a fault of the check.
    if (error instanceof Refusal) return false;
    throw error;
  }
}

describe('paths that pass', () => {
  it("stay on WeChat's host and are asked for exactly as they were given", () => {
    fc.assert(
      fc.property(anyPath, (path) => {
        const asked = accepted(path) ? new URL(`https://api.weixin.qq.com${path}`) : undefined;
        expect(asked?.host ?? 'api.weixin.qq.com').toBe('api.weixin.qq.com');
        expect(asked?.pathname ?? path).toBe(path);
        expect(asked?.href).toBe(asked && new URL(path, 'https://api.weixin.qq.com').href);
      }),
      { numRuns: 20_000 },
    );
  });

  it('are denied alike in any case and with any trailing slashes', () => {
    const denied = fc.constantFrom(
      '/cgi-bin/token',
      '/cgi-bin/stable_token',
      '/cgi-bin/component/x',
      '/sns/auth',
      '/cgi-bin/menu/get',
    );
    fc.assert(
      fc.property(
        denied,
        fc.array(fc.boolean(), { minLength: 24, maxLength: 24 }),
        fc.nat(3),
        (path, upper, slashes) => {
          const spelled = Array.from(path, (sign, index) => (upper[index] === true ? sign.toUpperCase() : sign)).join(
            '',
          );
          expect(isNeverForwarded(spelled + '/'.repeat(slashes))).toBe(isNeverForwarded(path));
        },
      ),
    );
  });
});
