import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkQuery, stripCredentials, withAccessToken } from '#shared/api-call/query.ts';

const CREDENTIALS = [
  'access_token',
  'cloudbase_access_token',
  'component_access_token',
  'secret',
  'appsecret',
] as const;
const WIRE = Array.from({ length: 0x7e - 0x21 + 1 }, (_, index) => String.fromCharCode(0x21 + index)).filter(
  (sign) => sign !== '#',
);
const wireText = fc.string({ unit: fc.constantFrom(...WIRE), maxLength: 60 });

/** Text that often comes near a credential. */
const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...CREDENTIALS,
        '&',
        '=',
        ';',
        '%',
        '25',
        '%25',
        '%61',
        '%5f',
        '%00',
        '+',
        '[]',
        'a',
        '_token',
        'ACCESS',
      ),
      fc.constantFrom(...WIRE),
    ),
    { maxLength: 16 },
  )
  .map((parts) => parts.join(''));

const hexOf = (sign: string) => sign.charCodeAt(0).toString(16).padStart(2, '0');
const spelledSign = (sign: string) =>
  fc.oneof(
    fc.constant(sign),
    fc.constant(sign.toUpperCase()),
    fc.constant(`%${hexOf(sign)}`),
    fc.nat(5).map((depth) => `%${'25'.repeat(depth)}${hexOf(sign).toUpperCase()}`),
    fc.constant(`%25%3${hexOf(sign).charAt(0)}${hexOf(sign).charAt(1)}`),
  );
const padding = fc.constantFrom('', '+', '%20', '%09', '%0d%0a', '%00', '%2500', '%E3%80%80');
const spelledCredential = fc
  .constantFrom(...CREDENTIALS)
  .chain((name) =>
    fc.tuple(
      padding,
      fc.tuple(...Array.from(name, spelledSign)).map((signs) => signs.join('')),
      fc.constantFrom('', '[]', '[0]', '%5B%5D', '%5b0%5d'),
      padding,
      fc.oneof(
        fc.constant(''),
        wireText.map((value) => `=${value.replaceAll(/[&;]/g, '')}`),
      ),
    ),
  )
  .map((parts) => ({ innocent: false, text: parts.join('') }));
const innocentParameter = fc
  .tuple(fc.constantFrom('type', 'media_id', 'lang', 'a', '', '%E4%B8%AD', 'token', 'next_openid'), wireText)
  .map(([name, value]) => ({ innocent: true, text: `${name}=${value.replaceAll(/[&;]/g, '')}` }));

/** Names as a server reads them that decodes any number of times. */
function namesIn(query: string): readonly string[] {
  return [...new URLSearchParams(query).keys()].map((name) => {
    let decoded = name;
    for (let before = ''; before !== decoded; ) {
      before = decoded;
      decoded = decoded.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      );
    }
    return decoded.toLowerCase().trim();
  });
}

function isSubsequence(part: string, whole: string): boolean {
  let from = 0;
  for (const sign of part) {
    from = whole.indexOf(sign, from) + 1;
    if (from === 0) return false;
  }
  return true;
}

describe('stripping credentials from a query', () => {
  it('leaves exactly the other parameters, byte for byte and in order', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(innocentParameter, spelledCredential), { maxLength: 8 }), (parameters) => {
        const query = parameters.map(({ text }) => text).join('&');
        const innocent = parameters.filter((parameter) => parameter.innocent).map(({ text }) => text);
        expect(stripCredentials(query)).toBe(innocent.join('&'));
      }),
    );
  });

  it('leaves no name that any amount of decoding turns into a credential, adds nothing and is done at once', () => {
    fc.assert(
      fc.property(fc.oneof(hostileText, wireText), (query) => {
        const stripped = stripCredentials(query);
        expect(CREDENTIALS.some((name) => namesIn(stripped).includes(name))).toBe(false);
        expect(isSubsequence(stripped, query)).toBe(true);
        expect(stripCredentials(stripped)).toBe(stripped);
      }),
    );
  });

  it('leaves room for our access token exactly once', () => {
    fc.assert(
      fc.property(hostileText, fc.string({ unit: fc.constantFrom(...WIRE), minLength: 1 }), (query, token) => {
        const complete = withAccessToken(stripCredentials(query), token);
        expect(() => checkQuery(complete)).not.toThrow();
        expect(new URLSearchParams(complete).getAll('access_token')).toEqual([token]);
      }),
    );
  });
});
