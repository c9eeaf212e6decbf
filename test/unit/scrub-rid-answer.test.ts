import { describe, expect, it } from 'vitest';
import { Refusal } from '#shared/api-call/refusal.ts';
import { scrubRidAnswer } from '#shared/api-call/scrub-rid-answer.ts';

const TOKEN = '99_tOkEn-aBcDeFgH';
const REMOVED = '[removed by the gateway]';
const scrub = (text: string) => Buffer.from(scrubRidAnswer(Buffer.from(text), TOKEN)).toString('utf8');
const scrubRequest = (request: object) => {
  // Its own output, of the shape that went in.
  const { request: scrubbed } = JSON.parse(scrub(JSON.stringify({ errcode: 0, request }))) as { request: unknown };
  return scrubbed;
};

describe('the answer of openapi/rid/get', () => {
  it.each([
    'access_token',
    'ACCESS_TOKEN',
    'component_access_token',
    'cloudbase_access_token',
    'authorizer_refresh_token',
    'refresh_token',
    'secret',
    'appsecret',
    'component_appsecret',
    'ticket',
    'component_verify_ticket',
    'session_key',
    'js_code',
    'code',
    'token',
    'signature',
  ])('loses the value of %s in a query, in a form, in JSON and in JSON inside JSON', (name) => {
    const body = JSON.stringify({ [name]: 's-1', other: 'kept' });
    const request = {
      request_url: `a=1&${name}=s-2&b=2`,
      request_body: `${name}=s-3`,
      response_body: body,
      nested: JSON.stringify({ text: body }),
      deeper: JSON.stringify({ text: JSON.stringify({ text: body }) }),
      [name]: 's-4',
      list: [{ [name]: 's-5' }],
    };
    const scrubbed = JSON.stringify(scrubRequest(request));
    expect(scrubbed).not.toMatch(/s-\d/);
    expect(scrubbed.match(/kept/g)).toHaveLength(3);
    expect(scrubbed).toContain('a=1&');
    expect(scrubbed).toContain('&b=2');
  });

  it('keeps what is not a credential as it was', () => {
    const request = {
      invoke_time: 1_795_176_000,
      cost_in_ms: 30,
      client_ip: '192.0.2.1',
      request_url: 'openid=o1&lang=zh_CN&errcode=1&token_type=x',
      request_body: '{"touser":"o1","text":{"content":"你好"},"msgid":9223372036854775807}',
      response_body: '{"errcode":40003,"errmsg":"invalid openid rid: a-b-c"}',
    };
    expect(scrubRequest(request)).toEqual(request);
  });

  it('loses the account’s own token wherever it stands, under whatever name', () => {
    const request = { request_url: `x=${TOKEN}`, request_body: `{"y":"a ${TOKEN} b"}`, client_ip: TOKEN };
    expect(scrubRequest(request)).toEqual({
      request_url: `x=${REMOVED}`,
      request_body: `{"y":"a ${REMOVED} b"}`,
      client_ip: REMOVED,
    });
  });

  it('has the token replaced once where name and value both match', () => {
    expect(scrubRequest({ request_url: `access_token=${TOKEN}&a=1` })).toEqual({
      request_url: `access_token=${REMOVED}&a=1`,
    });
  });

  it.each([
    '{"session_key":"s-1\\/s-2=="}',
    '{"session_key":"s-1\\u002bs-2"}',
    '{ "session_key" : "s-1\\n\\ts-2" , "a":1}',
  ])('loses a value to its end although it holds escapes: %s', (body) => {
    for (const text of [body, JSON.stringify({ a: body })]) {
      const scrubbed = JSON.stringify(scrubRequest({ request_body: text }));
      expect(scrubbed).not.toMatch(/s-\d/);
      expect(scrubbed).toContain(REMOVED);
    }
  });

  it('loses a value that its record cuts off', () => {
    expect(scrubRequest({ request_body: '{"a":1,"secret":"s-1' })).toEqual({
      request_body: `{"a":1,"secret":"${REMOVED}`,
    });
  });

  it('takes no longer than other text of its length for a body full of backslashes', () => {
    const backslashes = '\\'.repeat(400_000);
    const body = `${backslashes}"token":"${backslashes}`;
    expect(scrubRequest({ request_body: body })).toEqual({ request_body: body });
  });

  it.each(['', 'not JSON', '{"request":', `access_token=${TOKEN}`])(
    'is not shown at all when it is no JSON: %j',
    (text) => {
      const refused = expect.objectContaining({ cause: 'upstream-broke', errcode: 990504 });
      expect(() => scrub(text)).toThrow(Refusal);
      expect(() => scrub(text)).toThrow(refused);
    },
  );
});
