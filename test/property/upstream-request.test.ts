import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { UpstreamRequest } from '#shared/wechat/wechat-api.ts';
import { createUndiciWechatApi } from '#shared/wechat/wechat-api.undici.ts';

let server: Server;
let origin: string;
/** What came over the wire for the last request, latin1. */
let received = '';

beforeAll(async () => {
  server = createServer((socket) => {
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      if (text.endsWith('END') || text.includes('\r\n\r\n')) {
        received = text;
        socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(() => {
  server.close();
});

const api = createUndiciWechatApi({
  clock: { now: () => Date.now(), sleep: () => Promise.reject(new Error('unused')) },
});
const send = async (request: UpstreamRequest): Promise<string | undefined> => {
  try {
    await api.attempt(origin, request, { firstByteTimeoutMs: 5_000, deadline: Date.now() + 5_000, maxAnswerBytes: 1 });
    return received;
  } catch (error) {
    // Fine: a request that is not valid HTTP is refused, which is what the properties below are about.
    if (error instanceof TypeError) {
      return undefined;
    }
    throw error;
  }
};

const character = fc.oneof(
  fc.constantFrom(
    '\r',
    '\n',
    ' ',
    '\t',
    '?',
    '#',
    '%',
    '/',
    '\\',
    ':',
    '@',
    '&',
    '=',
    '"',
    '\u0000',
    '\u007f',
    '\u4e2d',
  ),
  fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCodePoint(code)),
);
const text = fc.string({ unit: character, maxLength: 12 });
const clean = fc.string({
  unit: fc.constantFrom('a', 'b', '%2f', '+', '=', '&', '[', ']', '{', '}', '\xe9'),
  maxLength: 12,
});
const request = fc.record({
  method: fc.constantFrom('GET', 'POST'),
  path: fc.oneof(text, clean, text).map((tail) => `/${tail}`),
  query: fc.oneof(clean, text),
  headers: fc.dictionary(fc.oneof(fc.stringMatching(/^[a-z-]{1,8}$/), text), fc.oneof(clean, text), { maxKeys: 2 }),
  body: fc.constant(undefined),
});

it('a request goes out byte for byte or not at all, and none spoils the connections for the next', async () => {
  await fc.assert(
    fc.asyncProperty(request, async (each) => {
      const wire = await send(each);
      const target = each.query === '' ? each.path : `${each.path}?${each.query}`;
      const headers = Object.entries(each.headers).map(([name, value]) => `${name}: ${value}\r\n`);
      const length = each.method === 'POST' ? 'content-length: 0\r\n' : '';
      const start = `${each.method} ${target} HTTP/1.1\r\nhost: ${new URL(origin).host}\r\nconnection: keep-alive\r\n`;
      expect([undefined, `${start}${headers.join('')}${length}\r\n`]).toContain(wire);
    }),
  );
});

it('a valid request is never refused', async () => {
  const valid = fc.record({
    method: fc.constantFrom('GET', 'POST'),
    path: clean.map((tail) => `/${tail}`),
    query: clean,
    headers: fc.dictionary(fc.stringMatching(/^x-[a-z0-9-]{1,8}$/), clean, { maxKeys: 3 }),
    body: fc.constant(undefined),
  });
  await fc.assert(
    fc.asyncProperty(valid, async (each) => {
      expect(await send(each)).toBeDefined();
    }),
    { numRuns: 1_000 },
  );
});
