import { join } from 'node:path';
import { installPeers, isInstalled } from '../installed.ts';
import { programPath } from '../pinned.ts';
import { startProgram } from '../program.ts';
import { APP_ID, type Scene } from '../scene.ts';
import { startNginx } from './nginx.ts';

/** A proxy that runs. */
export interface ProxySubject {
  readonly name: string;
  /** What it does for a call beyond passing it on. */
  readonly does: string;
  readonly endpoint: string;
  readonly pid: number;
  /** What a call must carry. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes in use after a collection; `undefined` when it cannot say. */
  readonly memory: (() => Promise<number>) | undefined;
  end(): Promise<void>;
}

const NODE_PEERS = [
  { name: '@fastify/http-proxy', folder: '@fastify/http-proxy', file: 'fastify-http-proxy.js' },
  { name: 'http-proxy', folder: 'http-proxy', file: 'http-proxy.js' },
  { name: 'hono proxy helper', folder: 'hono', file: 'hono-proxy.js' },
] as const;
const NODE_FLAGS = ['--expose-gc'];

/** Starts the local run's HTTP side with the built function, and every peer that is installed; `missing` says which are not. */
export async function startSubjects(
  scene: Scene,
  functionFile: string,
  tell: (line: string) => void,
): Promise<{ readonly subjects: readonly ProxySubject[]; readonly missing: readonly string[] }> {
  const failed = installPeers(tell);
  const nginx = programPath('nginx');
  const installed = NODE_PEERS.filter(({ folder }) => isInstalled(folder));
  const subjects = [await startGateway(scene, functionFile), await startForwardOnly(scene)];
  for (const { name, file } of installed) subjects.push(await startNodePeer(scene, name, file));
  if (nginx !== undefined) subjects.push(await startNginxPeer(scene, nginx));
  const absent = NODE_PEERS.filter(({ folder }) => !isInstalled(folder)).map(({ name }) => `${name} is not installed.`);
  return {
    subjects,
    missing: [
      ...(failed === undefined ? [] : [failed]),
      ...absent,
      ...(nginx === undefined ? ['nginx is not installed: apt-get install nginx-light.'] : []),
    ],
  };
}

async function startGateway(scene: Scene, functionFile: string): Promise<ProxySubject> {
  return {
    ...(await startBehindAdapter(functionFile, scene.environment)),
    name: 'wechat-gateway, local run',
    does: 'key, grant, limits, heal, errcode, log, metric, base64 as on Lambda',
    headers: { authorization: `Bearer ${scene.rig.callerKey}`, 'x-wechat-appid': APP_ID },
  };
}

/** Shows what of the difference to the peers is the adapter, and what the function does for it. */
async function startForwardOnly(scene: Scene): Promise<ProxySubject> {
  const functionFile = join(import.meta.dirname, 'forward-only.ts');
  return {
    ...(await startBehindAdapter(functionFile, { ...scene.environment, ACCESS_TOKEN: scene.accessToken })),
    name: 'its adapter, only forwarding',
    does: 'a static token in the query, base64 as on Lambda',
    headers: {},
    memory: undefined,
  };
}

async function startBehindAdapter(
  functionFile: string,
  environment: Readonly<Record<string, string>>,
): Promise<Pick<ProxySubject, 'endpoint' | 'pid' | 'memory' | 'end'>> {
  const program = await startProgram<'memory', string | number>(
    join(import.meta.dirname, '../programs/gateway-server.ts'),
    { core: 'measured', environment, arguments: [functionFile], nodeFlags: NODE_FLAGS },
  );
  return {
    endpoint: String(program.ready),
    pid: program.pid,
    memory: async () => Number(await program.ask('memory')),
    end: () => program.end(),
  };
}

async function startNodePeer(scene: Scene, name: string, file: string): Promise<ProxySubject> {
  const task = { upstream: scene.upstreamOrigin, accessToken: scene.accessToken };
  const program = await startProgram<'memory', string | number>(join(import.meta.dirname, '../peers', file), {
    core: 'measured',
    environment: { PEER_TASK: JSON.stringify(task) },
    nodeFlags: NODE_FLAGS,
  });
  return {
    name,
    does: 'a static token in the query',
    endpoint: String(program.ready),
    pid: program.pid,
    headers: {},
    memory: async () => Number(await program.ask('memory')),
    end: () => program.end(),
  };
}

async function startNginxPeer(scene: Scene, program: string): Promise<ProxySubject> {
  const nginx = await startNginx(program, scene.upstreamOrigin, scene.accessToken);
  return { ...nginx, name: 'nginx', does: 'a static token in the query', headers: {}, memory: undefined };
}
