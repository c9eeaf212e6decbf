import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOTHING_YET } from '#shared/server-ips/list-state.ts';
import { withNextVersion } from '#shared/server-ips/next-version.ts';
import type { Ranges } from '#shared/server-ips/ranges.ts';
import { createDynamoServerIpsStore } from '#shared/server-ips/server-ips-store.dynamodb.ts';
import { type LoopbackServer, listenOnLoopback } from '../../infra/local/loopback-server.ts';
import { type Rig, startRig } from '../gateway-rig.ts';
import { addCaller, simulatedAccount } from './callers.ts';

const NGINX = ['/usr/sbin/nginx', 'nginx'].find((path) => spawnSync(path, ['-v']).status === 0);
const account = simulatedAccount();
/** Loopback is never in a list that was judged: these come straight into the store. */
const ADMITTED: Ranges = { v4: ['127.0.0.2/32', '127.0.1.0/25'], v6: ['2402:4e00::/32', '2402:4f00::1/128'] };

// Visible in the report as skipped where nginx is not installed (Debian: apt-get install nginx-light).
describe.skipIf(NGINX === undefined)('nginx with the served file', () => {
  let rig: Rig;
  let folder: string;
  let behind: LoopbackServer;
  let port: number;

  beforeAll(async () => {
    rig = await startRig({ accounts: [account] });
    folder = mkdtempSync(join(tmpdir(), 'server-ips-nginx-'));
    behind = await listenOnLoopback(
      createServer((_request, response) => void response.end('let in')),
      0,
    );
    port = await freePort();
    writeFileSync(join(folder, 'callback.conf'), await servedFile());
    writeFileSync(join(folder, 'nginx.conf'), configuration(folder, port, behind.endpoint));
  });
  afterAll(async () => {
    await behind.close();
    await rig.close();
    rmSync(folder, { recursive: true });
  });

  const servedFile = async () => {
    const store = createDynamoServerIpsStore(rig.dynamodbClient(), rig.tableName);
    const version = { ranges: ADMITTED, reason: 'observed', account: account.appId, at: Date.now() } as const;
    await store.replace('callback', withNextVersion(NOTHING_YET, version), 0);
    const headers = await addCaller(rig, { grants: [{ appId: account.appId, allow: ['server-ips:read'] }] });
    const query = 'list=callback&format=nginx';
    return (await rig.callEnvironment().call({ path: '/gateway/server-ips', query, headers })).text;
  };
  const nginx = (...args: string[]) => [
    '-p',
    folder,
    '-c',
    join(folder, 'nginx.conf'),
    '-e',
    join(folder, 'error.log'),
    ...args,
  ];

  it('is accepted by nginx -t, without a warning', () => {
    const { status, stderr } = spawnSync(NGINX ?? '', nginx('-t'), { encoding: 'utf8' });
    expect({ status, warnings: stderr.match(/\[(warn|emerg|error)\].*/g) }).toEqual({ status: 0, warnings: null });
  });

  it('admits the addresses of the list and refuses all others', async () => {
    const server = spawn(NGINX ?? '', nginx(), { stdio: 'ignore' });
    try {
      await untilItListens(port, server);
      const outcomes = await Promise.all(
        ['127.0.0.2', '127.0.1.0', '127.0.1.127', '127.0.0.1', '127.0.0.3', '127.0.1.128'].map(
          async (from) => [from, await statusFrom(from, port)] as const,
        ),
      );
      expect(Object.fromEntries(outcomes)).toEqual({
        '127.0.0.2': 200,
        '127.0.1.0': 200,
        '127.0.1.127': 200,
        '127.0.0.1': 403,
        '127.0.0.3': 403,
        '127.0.1.128': 403,
      });
    } finally {
      server.kill();
      await once(server, 'exit');
    }
  });
});

/** One process in the foreground that keeps everything in the folder. `return` would answer before the access rules are looked at. */
function configuration(folder: string, port: number, behind: string): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(folder, name)};`,
  );
  return `daemon off;
master_process off;
pid ${join(folder, 'nginx.pid')};
error_log ${join(folder, 'error.log')};
events {}
http {
  access_log off;
  ${paths.join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    location / {
      include ${join(folder, 'callback.conf')};
      proxy_pass ${behind};
    }
  }
}
`;
}

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

/** The status for a client with this address, all of which are the machine's own. */
async function statusFrom(localAddress: string, port: number): Promise<number | undefined> {
  const sent = request({ host: '127.0.0.1', port, localAddress, agent: false }).end();
  const [response] = await once(sent, 'response');
  response.resume();
  return response.statusCode;
}

async function untilItListens(port: number, server: { readonly exitCode: number | null }): Promise<void> {
  while (server.exitCode === null) {
    try {
      await statusFrom('127.0.0.2', port);
      return;
    } catch (error) {
      // Not listening yet.
      if (!(error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED')) throw error;
    }
  }
  throw new Error('nginx did not start: its error.log says why');
}
