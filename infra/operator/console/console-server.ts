import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type LoopbackServer, listenOnLoopback } from '../../local/loopback-server.ts';
import { type ConsoleSource, type ConsoleState, createConsoleReader } from './console-state.ts';
import { type PageFile, readPageFiles } from './page-files.ts';
import { guardRequest } from './request-guard.ts';

/** What the page polls. */
const STATE_PATH = '/state.json';

/** No third party, no inline code, no frame around it, nothing kept by a browser. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
} as const;

/**
 * Serves the page on 127.0.0.1: read-only, to this machine alone.
 * @param port 0 picks a free one
 * @throws {Error} naming the port when another program has it
 */
export async function startConsole(source: ConsoleSource, port: number): Promise<LoopbackServer> {
  const files = readPageFiles();
  const read = createConsoleReader(source);
  const server = createServer((request, response) => {
    // A browser that hangs up while we write needs no answer.
    response.on('error', () => {});
    const refusal = guardRequest(request.method, request.headers, request.socket.localPort ?? port);
    if (refusal === undefined) return void answer(request, response, files, read);
    return send(response, refusal.status, { type: 'text/plain; charset=utf-8', body: `${refusal.text}\n` });
  });
  return listenOnLoopback(server, port);
}

async function answer(
  { url = '/' }: IncomingMessage,
  response: ServerResponse,
  files: ReadonlyMap<string, PageFile>,
  read: () => Promise<ConsoleState>,
): Promise<void> {
  const [path = '/'] = url.split('?', 1);
  if (path === STATE_PATH) {
    return send(response, 200, { type: 'application/json; charset=utf-8', body: JSON.stringify(await read()) });
  }
  const file = files.get(path);
  if (file !== undefined) return send(response, 200, file);
  return send(response, 404, { type: 'text/plain; charset=utf-8', body: 'The console has no such page.\n' });
}

function send(response: ServerResponse, status: number, { type, body }: { type: string; body: string | Buffer }): void {
  const allow = status === 405 ? { allow: 'GET' } : {};
  response.writeHead(status, { ...HEADERS, ...allow, 'content-type': type }).end(body);
}
