import { describe, expect, it } from 'vitest';
import {
  checkPath,
  comparablePath,
  isClearQuota,
  isNeverForwarded,
  isOwnEndpoint,
  isRidGet,
} from '#shared/api-call/path.ts';

describe('a path', () => {
  it.each(['/cgi-bin/menu/get', '/wxa/getwxacodeunlimit', '/cgi-bin/menu/get/', '/a.b/..c/d..', '/.../x', '/_'])(
    'may be %s',
    (path) => {
      expect(() => checkPath(path)).not.toThrow();
    },
  );

  it.each([
    ['', 'malformed-path'],
    ['/', 'malformed-path'],
    ['cgi-bin/menu', 'malformed-path'],
    ['http://evil.example/x', 'double-slash'],
    ['//evil.example/x', 'double-slash'],
    ['//cgi-bin/menu', 'double-slash'],
    ['/cgi-bin//menu', 'double-slash'],
    ['/cgi-bin/menu//', 'double-slash'],
    ['/./cgi-bin', 'malformed-path'],
    ['/cgi-bin/..', 'malformed-path'],
    ['/cgi-bin/../sns/auth', 'malformed-path'],
    ['/cgi-bin/menu/.', 'malformed-path'],
    ['/cgi-bin/%2e%2e/x', 'malformed-path'],
    ['/cgi-bin\\menu', 'malformed-path'],
    ['/cgi-bin/menu?x=1', 'malformed-path'],
    ['/cgi-bin/menu#x', 'malformed-path'],
    ['/cgi-bin/menu;x', 'malformed-path'],
    ['/cgi-bin/@evil.example', 'malformed-path'],
    ['/cgi-bin/menu get', 'malformed-path'],
    ['/cgi-bin/menu\n', 'malformed-path'],
    ['/cgi-bin/menu\r\nhost: x', 'malformed-path'],
    ['/cgi-bin/\0', 'malformed-path'],
    ['/cgi-bin/\u83dc\u5355', 'malformed-path'],
  ])('may not be %j', (path, cause) => {
    expect(() => checkPath(path)).toThrow(expect.objectContaining({ cause }));
  });

  it('compares lower-cased and without trailing slashes', () => {
    expect(comparablePath('/CGI-bin/Token///')).toBe('/cgi-bin/token');
    expect(comparablePath('///')).toBe('');
  });

  it.each([
    '/cgi-bin/token',
    '/cgi-bin/token/',
    '/CGI-BIN/Token',
    '/cgi-bin/token/x',
    '/cgi-bin/stable_token',
    '/cgi-bin/Stable_Token/',
    '/cgi-bin/component/api_component_token',
    '/cgi-bin/component',
    '/CGI-bin/Component/x',
    '/cgi-bin/clear_quota/v2',
    '/sns',
    '/sns/userinfo',
    '/SNS/jscode2session/',
    '/sns/component/jscode2session',
  ])('%s is never forwarded', (path) => {
    expect(isNeverForwarded(path)).toBe(true);
  });

  it.each([
    '/cgi-bin/tokens',
    '/cgi-bin/clear_quota',
    '/cgi-bin/componentx',
    '/snsx/auth',
    '/wxa/sns',
    '/x/cgi-bin/token',
  ])('%s may be forwarded', (path) => {
    expect(isNeverForwarded(path)).toBe(false);
  });

  it('is the look-up by rid in any spelling', () => {
    expect(isRidGet('/cgi-bin/openapi/rid/get')).toBe(true);
    expect(isRidGet('/CGI-bin/OpenAPI/rid/GET/')).toBe(true);
    expect(isRidGet('/cgi-bin/openapi/quota/get')).toBe(false);
  });

  it.each(['/cgi-bin/clear_quota', '/cgi-bin/clear_quota/v2', '/cgi-bin/openapi/quota/clear', '/CGI-bin/Clear_Quota/'])(
    '%s sets counters back',
    (path) => {
      expect(isClearQuota(path)).toBe(true);
    },
  );

  it.each(['', '/cgi-bin/clear_quota/v3', '/cgi-bin/openapi/quota/get', '/x/cgi-bin/clear_quota'])(
    '%j sets no counters back',
    (path) => {
      expect(isClearQuota(path)).toBe(false);
    },
  );

  it("is the gateway's own under /gateway in any spelling", () => {
    expect(['/gateway/health', '/gateway', '/Gateway/Token', '/gateway/'].every(isOwnEndpoint)).toBe(true);
    expect(['/gatewayx', '/cgi-bin/gateway/x'].some(isOwnEndpoint)).toBe(false);
  });
});
