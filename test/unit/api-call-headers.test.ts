import { describe, expect, it } from 'vitest';
import { answerHeaders } from '#shared/api-call/answer-headers.ts';
import { upstreamHeaders } from '#shared/api-call/request-headers.ts';

describe('the headers that go up', () => {
  it('are the allowed ones, unchanged, and no content coding', () => {
    const multipart = 'multipart/form-data;  boundary="----=_Part 1; x"';
    expect(
      upstreamHeaders({
        authorization: 'Bearer wxg_x',
        'x-wechat-appid': 'wx1',
        cookie: 'a=b',
        host: 'gateway.example',
        'content-length': '3',
        'transfer-encoding': 'chunked',
        connection: 'keep-alive',
        'x-forwarded-for': '192.0.2.1',
        'user-agent': 'sdk',
        'accept-encoding': 'gzip, br',
        'content-type': multipart,
        accept: '*/*',
        'accept-language': 'zh-CN',
        'wechatmp-appid': 'wx1',
        'wechatmp-signature': 'abc==',
        'wechatmp-': 'nameless',
        'x-wechatmp-serial': 'not WeChat',
      }),
    ).toEqual({
      'content-type': multipart,
      accept: '*/*',
      'accept-language': 'zh-CN',
      'wechatmp-appid': 'wx1',
      'wechatmp-signature': 'abc==',
      'accept-encoding': 'identity',
    });
  });

  it.each(['a\r\nx: y', 'a\nb', 'a\0', '\u4e2d', '\x7f', '\u0100'])(
    'refuse the call when an allowed one holds %j',
    (value) => {
      expect(() => upstreamHeaders({ 'wechatmp-serial': value })).toThrow(
        expect.objectContaining({ cause: 'malformed-header' }),
      );
    },
  );

  it('do not mind what the others hold', () => {
    expect(upstreamHeaders({ 'x-other': '\u4e2d\n' })).toEqual({ 'accept-encoding': 'identity' });
  });

  it('may hold Latin-1 and tabs', () => {
    expect(upstreamHeaders({ accept: 'a\tb\u00e9' })['accept']).toBe('a\tb\u00e9');
  });
});

describe('the headers that come back', () => {
  it("are the allowed ones, lower-case, WeChat's own in its spelling, and no-store", () => {
    expect(
      answerHeaders([
        ['Content-Type', 'text/plain'],
        ['Content-disposition', 'attachment; filename="a.jpg"'],
        ['Content-Encoding', 'gzip'],
        ['Retry-After', '3'],
        ['Wechatmp-TimeStamp', '1714036504'],
        ['WECHATMP-Serial', 'ABC'],
        ['x-openapi-seqid', '17'],
        ['Cache-Control', 'public, max-age=3600'],
        ['Set-Cookie', 'a=b'],
        ['Content-Length', '12'],
        ['Connection', 'close'],
        ['Transfer-Encoding', 'chunked'],
        ['Location', 'https://evil.example'],
        ['X-Gateway-Error', 'forged'],
      ]),
    ).toEqual({
      'content-type': 'text/plain',
      'content-disposition': 'attachment; filename="a.jpg"',
      'content-encoding': 'gzip',
      'retry-after': '3',
      'Wechatmp-TimeStamp': '1714036504',
      'WECHATMP-Serial': 'ABC',
      'x-openapi-seqid': '17',
      'cache-control': 'no-store',
    });
  });

  it('are joined when repeated, and one when they say the same', () => {
    const repeated = answerHeaders([
      ['Content-Encoding', 'gzip'],
      ['content-encoding', 'br'],
      ['Content-Type', 'image/png'],
      ['content-type', 'image/png'],
    ]);
    expect(repeated['content-encoding']).toBe('gzip, br');
    expect(repeated['content-type']).toBe('image/png');
  });

  it('leave out a value that cannot stand in a header', () => {
    expect(answerHeaders([['Content-Disposition', 'a\u0000b']])).toEqual({ 'cache-control': 'no-store' });
  });
});
