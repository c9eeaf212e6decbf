import { describe, expect, it } from 'vitest';
import { parsePathPrefix, stripPathPrefix } from '#shared/api-call/path-prefix.ts';

describe('the setting of the path prefix', () => {
  it.each(['/wechat', '/api/wechat_2-b', '/a/b/c'])('may be %s', (text) => {
    expect(parsePathPrefix(text)).toBe(text);
  });

  it.each(['', '/', 'wechat', '/wechat/', '//wechat', '/we chat', '/wechat?', 'x/wechat', '/we.chat', '/wechat\n'])(
    'may not be %j',
    (text) => {
      expect(() => parsePathPrefix(text)).toThrow(
        `"${text}" is not a path prefix: write it like /wechat, without a slash at its end`,
      );
    },
  );

  it('is repeated in an error with its first 64 characters', () => {
    expect(() => parsePathPrefix('x'.repeat(65))).toThrow(`"${'x'.repeat(64)}" is not`);
  });
});

describe('a path', () => {
  it('is what follows the prefix', () => {
    expect(stripPathPrefix('/wechat/cgi-bin/menu/get', '/wechat')).toBe('/cgi-bin/menu/get');
    expect(stripPathPrefix('/wechat/', '/wechat')).toBe('/');
  });

  it.each(['/wechat', '/wechatx/y', '/WeChat/x', '/x/wechat/y', ''])('%j is not under the prefix /wechat', (path) => {
    expect(stripPathPrefix(path, '/wechat')).toBeUndefined();
  });

  it.each(['/cgi-bin/menu/get', '', 'x'])('%j is itself where there is no prefix', (path) => {
    expect(stripPathPrefix(path, '')).toBe(path);
  });
});
