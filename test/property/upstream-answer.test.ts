import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { peekErrcode } from '#shared/wechat/answer.ts';

const peek = (body: string | Uint8Array) => peekErrcode({ headers: [], body: Buffer.from(body) });

/** Keys as in WeChat's answers, so that nested errcodes and base_resps come up often. */
const key = fc.oneof(fc.constantFrom('errcode', 'errmsg', 'base_resp', 'data', '__proto__'), fc.string());
const { data } = fc.letrec<{ data: unknown }>((tie) => ({
  data: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(40001, '42001', 0, null, '{"errcode":40001}', ',"errcode":40001}', '\\"'),
    fc.string(),
    fc.array(tie('data'), { maxLength: 4 }),
    fc.dictionary(key, tie('data'), { maxKeys: 4 }),
  ),
}));
const fields = fc
  .dictionary(key, data, { maxKeys: 6 })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([name]) => name !== 'errcode' && name !== 'base_resp')));
const errcode = fc.integer({ min: -10_000_000, max: 10_000_000 });

it('an errcode in anything but the top level and base_resp is never taken', () => {
  fc.assert(
    fc.property(fields, (answer) => {
      expect(peek(JSON.stringify(answer))).toBeUndefined();
    }),
  );
});

it('the errcode at the top level is taken, as number or text, whatever stands around it', () => {
  fc.assert(
    fc.property(fields, fields, errcode, fc.boolean(), (before, after, code, asText) => {
      const answer = { ...before, errcode: asText ? `${code}` : code, ...after, base_resp: { errcode: 7 } };
      expect(peek(JSON.stringify(answer, null, asText ? 2 : 0))?.errcode).toBe(code);
    }),
  );
});

it('the errcode in base_resp is taken when the top level has none', () => {
  fc.assert(
    fc.property(fields, fields, errcode, (answer, rest, code) => {
      const body = JSON.stringify({ ...answer, base_resp: { ...rest, errcode: code } });
      expect(peek(body)?.errcode).toBe(code);
    }),
  );
});

it('bytes inside a string, raw control characters and bad UTF-8 too, neither make nor hide an errcode', () => {
  // Neither a quote nor a backslash, which would end the string or change what follows.
  const raw = fc.uint8Array({ maxLength: 60 }).map((bytes) => bytes.filter((byte) => byte !== 0x22 && byte !== 0x5c));
  fc.assert(
    fc.property(raw, errcode, fc.boolean(), (nickname, code, present) => {
      const end = present ? `","errcode":${code}}` : '","data":{"errcode":40001}}';
      const body = Buffer.concat([Buffer.from('{"nickname":"'), nickname, Buffer.from(end)]);
      expect(peek(body)?.errcode).toBe(present ? code : undefined);
    }),
  );
});

it('no bytes at all make it throw', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    '\\',
    '\u0000',
    ' ',
    'errcode',
    'base_resp',
    '40001',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      expect(() => peek(`{${parts.join('')}`)).not.toThrow();
    }),
  );
});
