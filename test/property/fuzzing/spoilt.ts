import * as fc from 'fast-check';

/** The bytes with one to three runs of them left out, replaced or added somewhere. */
export function spoilt(bytes: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  const signs = fc.constantFrom(
    ...Array.from('{}[]":,\\ 0-1e9', (sign) => sign.charCodeAt(0)),
    0x00,
    0x0a,
    0x7f,
    0xc0,
    0xff,
  );
  const change = fc.record({
    at: fc.nat(),
    instead: fc.array(fc.oneof(signs, fc.nat(255)), { maxLength: 3 }),
    gone: fc.nat(3),
  });
  return fc.tuple(bytes, fc.array(change, { minLength: 1, maxLength: 3 })).map(([whole, changes]) =>
    changes.reduce<Uint8Array>((left, { at, instead, gone }) => {
      const from = at % (left.length + 1);
      return Buffer.concat([left.subarray(0, from), Buffer.from(instead), left.subarray(from + gone)]);
    }, whole),
  );
}
