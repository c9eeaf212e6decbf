import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pinned } from '../pinned.ts';

/** A reverse proxy of its own for a bench. */
export interface Nginx {
  readonly endpoint: string;
  /** Of the one worker, which does all the work. */
  readonly pid: number;
  end(): Promise<void>;
}

const START_MS = 5_000;

/**
 * Starts nginx with one worker as reverse proxy that puts a token into the query.
 * @throws {Error} when it does not answer
 */
export async function startNginx(program: string, upstream: string, accessToken: string): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-nginx-'));
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, configuration(folder, port, upstream, accessToken));
  const [command, ...rest] = pinned('measured', [program, '-c', file, '-p', folder, '-e', join(folder, 'error.log')]);
  const child = spawn(command, rest, { stdio: 'ignore' });
  const exited = once(child, 'exit');
  const endpoint = `http://127.0.0.1:${port}`;
  await answering(endpoint);
  return {
    endpoint,
    pid: workerOf(child.pid ?? 0),
    async end() {
      child.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configuration(folder: string, port: number, upstream: string, accessToken: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
    daemon off;
    user root;
    worker_processes 1;
    pid ${folder}/nginx.pid;
    events { worker_connections 1024; }
    http {
      access_log off;
      ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n      ')}
      client_max_body_size 10m;
      keepalive_requests 1000000;
      upstream wechat { server ${new URL(upstream).host}; keepalive 64; keepalive_requests 1000000; }
      server {
        listen 127.0.0.1:${port};
        location / {
          proxy_http_version 1.1;
          proxy_set_header Connection "";
          proxy_pass http://wechat$uri?access_token=${accessToken}&$args;
        }
      }
    }`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function answering(endpoint: string): Promise<void> {
  const end = performance.now() + START_MS;
  for (;;) {
    try {
      const request = get(endpoint, { agent: false });
      const [response] = await once(request, 'response');
      response.resume();
      return;
    } catch (error) {
      if (performance.now() > end) throw new Error('nginx does not answer', { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** nginx's first process only watches its worker. */
function workerOf(pid: number): number {
  const isChild = (candidate: string): boolean => {
    try {
      return readFileSync(`/proc/${candidate}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === String(pid);
    } catch {
      // Fine: a process that has just ended is not the worker.
      return false;
    }
  };
  const worker = readdirSync('/proc').find((name) => /^\d+$/.test(name) && isChild(name));
  if (worker === undefined) throw new Error('nginx has no worker');
  return Number(worker);
}
