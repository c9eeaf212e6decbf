import { describe, expect, it } from 'vitest';
import { checkQuery, stripCredentials, withAccessToken } from '#shared/api-call/query.ts';

describe('a query', () => {
  it.each(['', 'type=image', 'a=%E4%B8%AD&b=+&c=[]{}|%2f%2F%00', 'x=\'"<>`^\\~', '&&=&a'])('may be %j', (query) => {
    expect(() => checkQuery(query)).not.toThrow();
  });

  it.each(['a b', 'a=1#x', 'a=\n', 'a\0', 'a=\u4e2d', 'a=\x7f', 'a=\u00e9'])('may not be %j', (query) => {
    expect(() => checkQuery(query)).toThrow(expect.objectContaining({ cause: 'malformed-query' }));
  });
});

describe('credentials in a query', () => {
  it.each([
    'access_token=x',
    'access_token',
    'access_token=',
    'ACCESS_TOKEN=x',
    'Access_Token=x',
    'access%5Ftoken=x',
    'access%5ftoken=x',
    '%61ccess_token=x',
    '%2561ccess_token=x',
    '%252561ccess_token=x',
    '%25%36%31ccess_token=x',
    '%%361ccess_token=x',
    '+access_token=x',
    'access_token+=x',
    '%20access_token%09=x',
    '%2Baccess_token=x',
    'access_token%00=x',
    'access_token%00.jpg=x',
    '%00access_token=x',
    'access_token%0A=x',
    'access_token[]=x',
    'access_token[0]=x',
    'access_token%5B%5D=x',
    'access_token%5Ba%5D=x',
    'access.token=x',
    'access+token=x',
    'access-token=x',
    'accessToken=x',
    'access_token%3Dx',
    'access_token%3Dx=y',
    'a%26access_token=x',
    '?access_token=x',
    '%EF%BD%81ccess_token=x',
    'acce%C5%BF%C5%BF_token=x',
    '%E2%80%8Baccess_token=x',
    'cloudbase_access_token=x',
    'component_access_token=x',
    'Component%5FAccess%5FToken=x',
    'secret=x',
    'SECRET=x',
    'appsecret=x',
    'AppSecret=x',
    'app_secret=x',
    'X-Amz-Algorithm=AWS4-HMAC-SHA256',
    'X-Amz-Credential=x',
    'X-Amz-Date=20261121T000000Z',
    'X-Amz-Expires=60',
    'X-Amz-Security-Token=x',
    'x-amz-signature=x',
    'X-Amz-SignedHeaders=host',
  ])('are taken out when spelled %s', (credential) => {
    expect(stripCredentials(credential)).toBe('');
    expect(stripCredentials(`a=1&${credential}&b=2`)).toBe('a=1&b=2');
  });

  it.each([
    'refresh_token=x',
    'token=x',
    'access_tokens=x',
    'access_token2=x',
    'my_access_token=x',
    'secrets=x',
    'authorizer_access_token=x',
    'url=http%3A%2F%2Fx%3Faccess_token%3Dy',
    'url=http://x?access_token=y',
    'q=secret',
    '%zz=%&%4=%2',
    '&&a=1&&b=&',
    ';a;b=1;',
    'a=1&a=1&a=2',
  ])('are not seen in %s', (query) => {
    expect(stripCredentials(query)).toBe(query);
  });

  it.each([
    ['access_token=x&a=1', 'a=1'],
    ['a=1&access_token=x', 'a=1'],
    ['access_token=x&secret=y', ''],
    ['a=1;access_token=x;b=2', 'a=1;b=2'],
    ['a=1;access_token=x&b=2', 'a=1&b=2'],
    ['access_token=x;b=2', 'b=2'],
    ['a=1&access_token=x&&b=%2f%2F+', 'a=1&&b=%2f%2F+'],
  ])('leave the rest as it was: %s', (query, rest) => {
    expect(stripCredentials(query)).toBe(rest);
  });

  it('are found however deep they are encoded', () => {
    expect(stripCredentials(`%${'25'.repeat(4_000)}61ccess_token=x`)).toBe('');
  });
});

describe("the account's access token", () => {
  it('comes first, once', () => {
    expect(withAccessToken('type=image', '50_abc-DEF')).toBe('access_token=50_abc-DEF&type=image');
    expect(withAccessToken('', '50_abc-DEF')).toBe('access_token=50_abc-DEF');
  });

  it('stays one parameter whatever signs it is made of', () => {
    expect(withAccessToken('a=1', 'x&y=z#+%')).toBe('access_token=x%26y%3Dz%23%2B%25&a=1');
  });
});
