import { describe, expect, it } from 'vitest';
import { Refusal } from '#shared/api-call/refusal.ts';
import { sealUserTokens } from '#shared/api-call/seal-user-tokens.ts';
import { parseAppSecretAnswer } from '#shared/app-secret-call/app-secret-answer.ts';
import { MalformedAppSecretCall, parseAppSecretCall } from '#shared/app-secret-call/app-secret-call.ts';
import { openUserToken } from '#shared/caller/user-token.ts';

const LOGIN = {
  appId: 'wx0123456789abcdef',
  call: 'sns/jscode2session',
  fields: { js_code: 'a-login-code', grant_type: 'authorization_code' },
  deadline: 1,
};

describe('an event of call-with-app-secret', () => {
  it.each([
    LOGIN,
    { ...LOGIN, fields: {} },
    { ...LOGIN, call: 'sns/oauth2/access_token', fields: { code: 'c', grant_type: 'authorization_code' } },
    { ...LOGIN, call: 'cgi-bin/clear_quota/v2', fields: {} },
  ])('is read when it is one of the three calls: $call', (event) => {
    expect(parseAppSecretCall(event)).toEqual(event);
  });

  it.each<[string, unknown]>([
    ['The event is no object', undefined],
    ['The event is no object', [LOGIN]],
    ['appId is no app ID', { ...LOGIN, appId: '../other' }],
    ['appId is no app ID', { ...LOGIN, appId: undefined }],
    ['call is none of sns/jscode2session, ', { ...LOGIN, call: 'cgi-bin/token' }],
    ['call is none of', { ...LOGIN, call: '/sns/jscode2session' }],
    ['call is none of', { ...LOGIN, call: 'toString' }],
    ['deadline is no time', { ...LOGIN, deadline: '1' }],
    ['fields is no object', { ...LOGIN, fields: 'js_code=a-login-code' }],
    ['fields holds one that sns/jscode2session does not have', { ...LOGIN, fields: { secret: 'a-login-code' } }],
    ['fields holds one that sns/jscode2session does not have', { ...LOGIN, fields: { appid: 'a-login-code' } }],
    ['fields.js_code is no text', { ...LOGIN, fields: { js_code: ['a-login-code'] } }],
  ])('is refused when %s, without a word of what it holds', (fault, event) => {
    const read = () => parseAppSecretCall(event);
    expect(read).toThrow(MalformedAppSecretCall);
    expect(read).toThrow(fault);
    expect(read).not.toThrow('a-login-code');
  });
});

describe('an answer of call-with-app-secret', () => {
  it.each([
    { status: 200, headers: [['Content-Type', 'text/plain']], body: 'e30=', origin: 'https://api.weixin.qq.com' },
    { refusal: 'app-secret-refused', sent: false },
  ])('is read: %j', (answer) => {
    expect(parseAppSecretAnswer(Buffer.from(JSON.stringify(answer)))).toEqual(answer);
  });

  it.each([
    '',
    '{',
    'null',
    '{}',
    '{"refusal":"no such cause","sent":true}',
    '{"refusal":"internal-error"}',
    '{"status":200,"headers":[["a"]],"body":"","origin":"o"}',
    '{"status":"200","headers":[],"body":"","origin":"o"}',
  ])('is not what %s is', (payload) => {
    expect(parseAppSecretAnswer(Buffer.from(payload))).toBeUndefined();
  });
});

describe('sealing the tokens in an answer of WeChat', () => {
  const caller = { id: 'caller00', sealingKey: '1'.repeat(64) };
  const sealed = (body: string | Buffer) => sealUserTokens({ body: Buffer.from(body) }, caller, 'wx1').body;
  const SEALED = /wxgu_[ar]caller0003wx1[A-Za-z0-9_-]+/g;

  it('leaves every other byte as it was: big numbers, bad UTF-8, odd spaces, control characters', () => {
    const before = Buffer.from('{ "openid" : 12345678901234567890,\t"n":"\x01', 'latin1');
    const bad = Buffer.from([0xff, 0xe4, 0xbd]);
    const between = Buffer.from('","access_token" :\n"RAW-A","x":"\\"access_token\\":\\"y\\"","refresh_token":"RAW-R"');
    const after = Buffer.from(',"scope":["access_token","z"],"access_token2":"kept"}');
    const answer = sealed(Buffer.concat([before, bad, between, after]));
    const tokens = answer.toString('latin1').match(SEALED) ?? [];
    expect(tokens.map((token) => openUserToken(token, caller.sealingKey))).toEqual(['RAW-A', 'RAW-R']);
    const opened = answer.toString('latin1').replace(SEALED, (token) => openUserToken(token, caller.sealingKey) ?? '');
    expect(Buffer.from(opened, 'latin1')).toEqual(Buffer.concat([before, bad, between, after]));
  });

  it('finds a token whose name or value is spelt with escapes', () => {
    const answer = sealed('{"access\\u005ftoken":"R\\u0041W"}').toString();
    expect(answer).toMatch(/^\{"access\\u005ftoken":"wxgu_a/);
    expect((answer.match(SEALED) ?? []).map((token) => openUserToken(token, caller.sealingKey))).toEqual(['RAW']);
  });

  it('finds a token at any depth', () => {
    expect(sealed('{"data":[{"access_token":"RAW"}]}').toString()).not.toContain('RAW');
  });

  it.each(['{"errcode":40029,"errmsg":"invalid code, rid: a-b-c"}', '{"access_token":""}', '{"access_token":null}'])(
    'leaves an answer without a token as it is: %s',
    (body) => {
      expect(sealed(body).toString()).toBe(body);
    },
  );

  it.each(['{"access_token":"RAW', '<html>RAW</html>', '\x1f\x8b\x08'])(
    'refuses what it cannot read, since there may be a token in it: %j',
    (body) => {
      expect(() => sealed(body)).toThrow(new Refusal('upstream-broke'));
    },
  );
});
