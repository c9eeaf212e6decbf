import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isTokenRefusal, peekErrcode, refusedAddress } from '#shared/wechat/answer.ts';

const peek = (body: string | Uint8Array, headers: readonly (readonly [string, string])[] = []) =>
  peekErrcode({ headers, body: Buffer.from(body) });
const padded = (size: number): string => {
  const text = '{"errcode":40001,"pad":""}';
  return text.replace('""', `"${'x'.repeat(size - text.length)}"`);
};

describe('an errcode is taken', () => {
  it.each<[string, string, number]>([
    ['at the top level', '{"errcode":40001,"errmsg":"invalid credential"}', 40001],
    ['when it is success', '{"errcode":0,"errmsg":"ok","msgid":1}', 0],
    ['when it is negative', '{"errcode":-1}', -1],
    ['as a numeric string', '{"errcode":"42001"}', 42001],
    ['as a negative numeric string', '{"errcode":"-1"}', -1],
    ['from base_resp', '{"base_resp":{"errcode":40001,"errmsg":"x"}}', 40001],
    ['from the top level rather than base_resp', '{"errcode":0,"base_resp":{"errcode":40001}}', 0],
    ['from base_resp when the top level has none to use', '{"errcode":null,"base_resp":{"errcode":40001}}', 40001],
    ['after spaces', ' \t\r\n{"errcode":40001}', 40001],
    ['from pretty JSON', '{\n  "errcode": 40001,\n\t"errmsg": "x"\n}\n', 40001],
    ['beside 64-bit integers', '{"msg_id":9223372036854775807,"errcode":40001}', 40001],
    ['beside a nickname with control characters', '{"nickname":"a\u0001\u0000\n\tb","errcode":40001}', 40001],
    ['beside other data that has one', '{"data":{"errcode":1},"list":[{"errcode":2}],"errcode":40001}', 40001],
  ])('%s', (_where, body, errcode) => {
    expect(peek(body)?.errcode).toBe(errcode);
  });

  it('beside invalid UTF-8', () => {
    const body = Buffer.concat([
      Buffer.from('{"nickname":"\u4e2d'),
      Buffer.from([0xff, 0xe4, 0xb8]),
      Buffer.from('","errcode":40001}'),
    ]);
    expect(peek(body)?.errcode).toBe(40001);
  });

  it.each(['text/plain', 'image/jpeg', 'application/json; encoding=utf-8'])('under content type %s', (type) => {
    expect(peek('{"errcode":40007}', [['Content-Type', type]])?.errcode).toBe(40007);
  });

  it.each(['identity', 'Identity', ''])('under content encoding "%s"', (encoding) => {
    expect(peek('{"errcode":40007}', [['CONTENT-ENCODING', encoding]])?.errcode).toBe(40007);
  });

  it('from a body of 64 KB', () => {
    expect(peek(padded(65_536))?.errcode).toBe(40001);
  });
});

describe('no errcode is taken', () => {
  it.each<[string, string]>([
    ['from an empty body', ''],
    ['from spaces', '   '],
    ['from an answer without one', '{"access_token":"t","expires_in":7200}'],
    ['from an array', '[{"errcode":40001}]'],
    ['from text', 'errcode 40001'],
    ['from HTML', '<html>{"errcode":40001}</html>'],
    ['from inside other data', '{"data":{"errcode":40001}}'],
    ['from inside base_resp data', '{"base_resp":{"data":{"errcode":40001}}}'],
    ['from a list called base_resp', '{"base_resp":[{"errcode":40001}]}'],
    ['from a string that looks like an answer', '{"response_body":"{\\"errcode\\":40001}"}'],
    ['from a truncated body', '{"errcode":40001,"errmsg":"inval'],
    ['from two objects in a row', '{"errcode":40001}{"errcode":0}'],
    ['that is a fraction', '{"errcode":40001.5}'],
    ['that is no number', '{"errcode":"4000l"}'],
    ['that is an empty string', '{"errcode":""}'],
    ['that is a boolean', '{"errcode":true}'],
    ['that is beyond what a number holds', '{"errcode":9223372036854775807}'],
  ])('%s', (_where, body) => {
    expect(peek(body)).toBeUndefined();
  });

  it('from an encoded body', () => {
    const headers = [['content-encoding', 'gzip']] as const;
    expect(peek(gzipSync('{"errcode":40001}'), headers)).toBeUndefined();
    expect(peek('{"errcode":40001}', headers)).toBeUndefined();
  });

  it('from a body over 64 KB', () => {
    expect(peek(padded(65_537))).toBeUndefined();
  });
});

describe('the rid', () => {
  it.each([
    ['invalid appid rid: 6aac005a-1b2c3d4e-00112233', '6aac005a-1b2c3d4e-00112233'],
    ['invalid appid, rid: 6aac005a-1b2c3d4e-00112233', '6aac005a-1b2c3d4e-00112233'],
    ['invalid appsecret, view more at http://t.cn/RAEkdVq hint: [aB1] rid: 63cf14c3-1-2', '63cf14c3-1-2'],
    ['system error rid:a-b-c', 'a-b-c'],
    ['invalid rid: x, rid: a-b-c', 'a-b-c'],
    ['access_token expired hint: [aB1]', undefined],
    ['grid: a-b-c', undefined],
    ['rid:', undefined],
  ])('of "%s" is %s', (errmsg, rid) => {
    expect(peek(JSON.stringify({ errcode: 1, errmsg }))).toEqual({ errcode: 1, errmsg, ...(rid && { rid }) });
  });

  it('is not looked for when errmsg is not text', () => {
    expect(peek('{"errcode":1,"errmsg":{"rid":1}}')).toEqual({ errcode: 1 });
  });
});

describe('the refused address', () => {
  it.each([
    ['invalid ip 61.183.89.14 ipv6 ::ffff:61.183.89.14, not in whitelist rid: 64d1e675-1-2', '61.183.89.14'],
    ['invalid ip 61.183.89.14, not in whitelist hint: [Ab:c]', '61.183.89.14'],
    ['invalid ip  ipv6 ::ffff:61.183.89.14, not in whitelist', '61.183.89.14'],
    ['invalid ip 240e:3b7:3232:5460::1, not in whitelist', '240e:3b7:3232:5460::1'],
    ['access clientip is not registered requestIP: 175.11.201.147 rid: 1-2-3', '175.11.201.147'],
    ['the address is 175.11.201.147.', '175.11.201.147'],
    ['invalid ip, not in whitelist', undefined],
    ['invalid ip 999.1.1.1', undefined],
  ])('of "%s" is %s', (errmsg, address) => {
    expect(refusedAddress(errmsg)).toBe(address);
  });
});

it('40001, 40014 and 42001 refuse the token, and nothing else does', () => {
  const refusals = Array.from({ length: 100_000 }, (_, errcode) => errcode).filter(isTokenRefusal);
  expect(refusals).toEqual([40001, 40014, 42001]);
});
