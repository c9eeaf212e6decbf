import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsSignature } from '#shared/ticket/js-signature.ts';

const page = fc.record({
  url: fc.webUrl({ withQueryParameters: true }),
  nonceStr: fc.stringMatching(/^[A-Za-z0-9]{16}$/),
  timestamp: fc.nat(),
});
const ticket = fc.stringMatching(/^[A-Za-z0-9_-]{1,86}$/);

it('a fragment never changes a signature, and it is always 40 hex digits', () => {
  fc.assert(
    fc.property(ticket, page, fc.webFragments(), (value, signed, fragment) => {
      const signature = jsSignature(value, signed);
      expect(signature).toMatch(/^[0-9a-f]{40}$/);
      expect(jsSignature(value, { ...signed, url: `${signed.url}#${fragment}` })).toBe(signature);
    }),
  );
});

it('anything else that differs changes it', () => {
  fc.assert(
    fc.property(ticket, page, fc.stringMatching(/^[a-z0-9]{1,5}$/), (value, signed, more) => {
      const signature = jsSignature(value, signed);
      expect(jsSignature(`${value}${more}`, signed)).not.toBe(signature);
      expect(jsSignature(value, { ...signed, url: `${signed.url}${more}` })).not.toBe(signature);
      expect(jsSignature(value, { ...signed, nonceStr: `${signed.nonceStr}${more}` })).not.toBe(signature);
      expect(jsSignature(value, { ...signed, timestamp: signed.timestamp + 1 })).not.toBe(signature);
    }),
  );
});
