import { describe, expect, it } from 'vitest';
import { answering, closed, OK, outcomeOf, serve, setUp, TOKEN } from './undici-attempts.ts';

describe('what goes out', () => {
  it('is path and query byte for byte, with no header but host and connection added', async () => {
    const server = await answering(OK);
    const query = `a=%2f%2F+[]{}%00&&=\xe9&access_token=${TOKEN}`;
    await setUp().attempt(server.origin, {
      path: '/a//b/%2e',
      query,
      headers: { accept: '*/*', 'wechatmp-appid': 'wx1' },
    });
    expect(server.requests).toEqual([
      `GET /a//b/%2e?${query} HTTP/1.1\r\nhost: ${new URL(server.origin).host}\r\nconnection: keep-alive\r\n` +
        'accept: */*\r\nwechatmp-appid: wx1\r\n\r\n',
    ]);
  });

  it('has no question mark without a query', async () => {
    const server = await answering(OK);
    await setUp().attempt(server.origin, { query: '' });
    expect(server.requests[0]).toMatch(/^GET \/cgi-bin\/user\/info HTTP\/1\.1\r\n/);
  });

  it('carries the body as it is, with its length and never chunked', async () => {
    const server = await answering(OK);
    const body = Uint8Array.from({ length: 3_900_000 }, (_, i) => (i * 7) % 256);
    await setUp().attempt(server.origin, { method: 'POST', body });
    const [head, ...rest] = (server.requests[0] ?? '').split('\r\n\r\n');
    expect(head).toContain('\r\ncontent-length: 3900000');
    expect(head).not.toMatch(/transfer-encoding/i);
    expect(Buffer.from(rest.join('\r\n\r\n'), 'latin1').equals(body)).toBe(true);
  });

  it('is the view and not the whole buffer behind it', async () => {
    const server = await answering(OK);
    await setUp().attempt(server.origin, { method: 'POST', body: new TextEncoder().encode('xhellox').subarray(1, 6) });
    expect(server.requests[0]).toMatch(/content-length: 5\r\n\r\nhello$/);
  });

  it.each([undefined, new Uint8Array()])('says content-length 0 for a POST without a body', async (body) => {
    const server = await answering(OK);
    await setUp().attempt(server.origin, { method: 'POST', body });
    expect(server.requests[0]).toContain('\r\ncontent-length: 0\r\n\r\n');
  });
});

describe('what comes back', () => {
  it('is status, headers in their order and spelling, and the body undecoded', async () => {
    const body = '\x1f\x8b not gzip \xff\xfe';
    const server = await answering(
      `HTTP/1.1 502 Bad\r\nWechatmp-Serial: A\r\nset-cookie: a=1\r\nX: \xe9\r\nset-cookie: b=2\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    const answer = await setUp().attempt(server.origin);
    expect({ ...answer, body: Buffer.from(answer.body).toString('latin1') }).toEqual({
      status: 502,
      headers: [
        ['Wechatmp-Serial', 'A'],
        ['set-cookie', 'a=1'],
        ['X', '\xe9'],
        ['set-cookie', 'b=2'],
        ['Content-Encoding', 'gzip'],
        ['Content-Length', `${body.length}`],
      ],
      body,
      origin: server.origin,
    });
  });

  it('is a redirect itself, not what it points to', async () => {
    const server = await answering('HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n');
    expect((await setUp().attempt(server.origin)).status).toBe(302);
    expect(server.requests).toHaveLength(1);
  });

  it('is the final answer when interim ones come before it', async () => {
    const server = await answering(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}`);
    const answer = await setUp().attempt(server.origin);
    expect([answer.status, answer.headers]).toEqual([200, [['Content-Length', '2']]]);
  });

  it('may arrive byte by byte, chunked, in a last chunk after the others', async () => {
    const server = await serve((socket) => {
      const text = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n';
      const step = (i: number) => socket.write(text.charAt(i), () => i + 1 < text.length && setImmediate(step, i + 1));
      step(0);
    });
    expect(Buffer.from((await setUp().attempt(server.origin)).body).toString()).toBe('abcdefg');
  });

  it('may be as large as the limit and no larger', async () => {
    const server = await answering(`HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n${'x'.repeat(1000)}`);
    const { attempt } = setUp();
    expect((await attempt(server.origin, {}, { maxAnswerBytes: 1000 })).body).toHaveLength(1000);
    expect(await outcomeOf(attempt(server.origin, {}, { maxAnswerBytes: 999 }))).toEqual(['answer-too-large', 'sent']);
  });

  it('is no longer read once it is too large', async () => {
    const server = await serve((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const pour = () => !socket.destroyed && socket.write(Buffer.alloc(65_536), () => setImmediate(pour));
      pour();
    });
    expect(await outcomeOf(setUp().attempt(server.origin))).toEqual(['answer-too-large', 'sent']);
    expect(await closed(server.sockets[0])).toBe(true);
  });
});
