import { createServer, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { listenOnLoopback } from '../../../infra/local/loopback-server.ts';

const MIB = 1_048_576;
const CHUNK = Buffer.alloc(65_536, ' ');
/** Members of gzip that stand one after the other decode to all their contents: 10 GiB here, in 10 MiB on the wire. */
const BOMB_MEMBER = gzipSync(Buffer.alloc(10 * MIB), { level: 9 });
const BOMB_MEMBERS = 1_024;

function* repeated(chunk: Buffer, times: number): Generator<Buffer> {
  for (let sent = 0; sent < times; sent += 1) yield chunk;
}

/** By the last part of the path: a body that never ends, one that says how endless it is, or a little that decodes to very much. */
const BODIES: Readonly<Record<string, (response: ServerResponse) => Iterable<Buffer>>> = {
  endless(response) {
    response.writeHead(200, { 'content-type': 'application/json' });
    return repeated(CHUNK, Number.POSITIVE_INFINITY);
  },
  announced(response) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 10 * 1_024 * MIB });
    return repeated(CHUNK, Number.POSITIVE_INFINITY);
  },
  bomb(response) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    return repeated(BOMB_MEMBER, BOMB_MEMBERS);
  },
};

/** A server in WeChat's place whose answers are meant to hurt. Sends its endpoint. Ends with its parent. */
const server = createServer((request, response) => {
  const [kind = ''] = /[^/?]*(?=\?|$)/.exec(request.url ?? '') ?? [];
  const body = BODIES[kind]?.(response);
  if (body === undefined) response.writeHead(404).end();
  else Readable.from(body).pipe(response);
});
process.send?.((await listenOnLoopback(server, 0)).endpoint);
process.once('disconnect', () => process.exit());
