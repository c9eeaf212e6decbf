import { join } from 'node:path';
import { recordOf } from '#shared/caller/caller-key.ts';
import { createGatewayToken } from '#shared/caller/gateway-token.ts';
import { bundle, PROJECT_ROOT } from '../../../infra/build.ts';
import { eventOf } from '../../gateway-rig.ts';
import type { Bench, BenchSettings } from '../bench.ts';
import { cpuMsOf } from '../cpu-time.ts';
import { type Program, startProgram } from '../program.ts';
import type { CallerAnswer, CallerQuestion, CallerTask, CallWay } from '../programs/caller.ts';
import type { LoadAnswer, LoadQuestion } from '../programs/load.ts';
import { median, quantile } from '../quantile.ts';
import { APP_ID, JSON_PATH, type Scene, startScene } from '../scene.ts';
import type { Table } from '../table.ts';
import type { OwnerShares } from './profile-owners.ts';

type Caller = Program<CallerQuestion, CallerAnswer>;

/** One way of making a call, measured. */
interface Way {
  readonly name: string;
  /** Per call. */
  readonly cpuUs: number;
  readonly latenciesMs: readonly number[];
  readonly allocatedBytes?: number | undefined;
}

const CALLER_KEY = 'call-wechat-api, in process, caller key';
const WAYS: readonly { readonly way: CallWay; readonly name: string }[] = [
  { way: 'direct', name: 'undici, straight to the upstream' },
  { way: 'callerKey', name: CALLER_KEY },
  { way: 'gatewayToken', name: 'call-wechat-api, in process, gateway token' },
];
const QUERY = 'openid=o1';
const SIZES = { full: { rounds: 30, calls: 500, warmUp: 12_000 }, brief: { rounds: 2, calls: 100, warmUp: 100 } };
/** So few, and such a nursery, that the collector does not run between them. */
const ALLOCATION_CALLS = 300;
const NO_COLLECTION = ['--expose-gc', '--max-semi-space-size=256', '--min-semi-space-size=256'];
const SOURCES = join(PROJECT_ROOT, 'functions/call-wechat-api/handler.ts');

/** What a warm call costs over going direct: the same call with undici alone, and through `call-wechat-api`. */
export const callBench: Bench = async (settings) => {
  const scene = await startScene();
  try {
    const { file } = await bundle(SOURCES, join(PROJECT_ROOT, 'build/bench/call-wechat-api'));
    const ways = await inProcess(settings, scene, file);
    const adapter = await throughAdapter(settings, scene, file);
    return {
      title: 'What a warm call costs over going direct',
      tables: [
        waysTable([...ways, adapter]),
        sharesTable(await profile(settings, scene, 'direct'), 'Where the processor time of the direct call goes'),
        sharesTable(await profile(settings, scene, 'callerKey'), 'Where the processor time of call-wechat-api goes'),
      ],
      notes: [
        'One call at a time, as Lambda has it; upstream and engine on the other core. The direct call sends a token in its query and does nothing else.',
        'Through call-wechat-api: event parsed, key checked, grant, limits, token from memory, forwarded, errcode peeked, log line and metric written.',
        'Through the HTTP adapter the processor time is that of its process, with HTTP to the caller on top; the direct call has no such second hop.',
        'The shares are of the sources under a sampling profiler, which itself slows everything somewhat.',
      ],
      figures: { cpuMsPerCall: (ways.find(({ name }) => name === CALLER_KEY)?.cpuUs ?? Number.NaN) / 1_000 },
    };
  } finally {
    await scene.close();
  }
};

function startCaller(scene: Scene, handlerFile: string, nodeFlags: readonly string[] = []): Promise<Caller> {
  const { callerKey } = scene.rig;
  const task: CallerTask = {
    handlerFile,
    events: {
      callerKey: { ...eventOf({ path: JSON_PATH, query: QUERY, headers: { 'x-wechat-appid': APP_ID } }, callerKey) },
      gatewayToken: {
        ...eventOf({ path: JSON_PATH, query: gatewayTokenQuery(callerKey), headers: { authorization: '' } }, callerKey),
      },
    },
    origin: scene.upstreamOrigin,
    path: `${JSON_PATH}?access_token=${scene.accessToken}&${QUERY}`,
  };
  const environment = { ...scene.environment, CALLER_TASK: JSON.stringify(task) };
  return startProgram(join(import.meta.dirname, '../programs/caller.ts'), { core: 'measured', environment, nodeFlags });
}

/** As an SDK calls, with what the gateway's token endpoint gave it. */
function gatewayTokenQuery(callerKey: string): string {
  const { keyId, verifier } = recordOf(callerKey, Date.now());
  return `access_token=${createGatewayToken(keyId, verifier, APP_ID, Date.now())}&${QUERY}`;
}

async function inProcess(settings: BenchSettings, scene: Scene, file: string): Promise<readonly Way[]> {
  const { rounds, calls, warmUp } = settings.brief ? SIZES.brief : SIZES.full;
  settings.tell(`in process: ${rounds} rounds of ${calls} calls each way`);
  const caller = await startCaller(scene, file);
  const found = WAYS.map((way) => ({ ...way, cpusUs: new Array<number>(), latenciesMs: new Array<number>() }));
  for (const { way } of found) await caller.ask({ way, calls: warmUp, measure: 'time' });
  for (let round = 0; round < rounds; round += 1) {
    for (const { way, cpusUs, latenciesMs } of found) {
      const answer = await caller.ask({ way, calls, measure: 'time' });
      cpusUs.push(((answer.cpuMs ?? 0) * 1_000) / calls);
      latenciesMs.push(...(answer.latenciesMs ?? []));
    }
  }
  await caller.end();
  const allocated = await allocations(scene, file);
  return found.map(({ way, name, cpusUs, latenciesMs }) => ({
    name,
    cpuUs: median(cpusUs),
    latenciesMs,
    allocatedBytes: allocated.get(way),
  }));
}

/** Bytes per call. A way during which the collector ran is missing. */
async function allocations(scene: Scene, file: string): Promise<ReadonlyMap<CallWay, number>> {
  const caller = await startCaller(scene, file, NO_COLLECTION);
  const found = new Map<CallWay, number>();
  for (const { way } of WAYS) {
    await caller.ask({ way, calls: ALLOCATION_CALLS, measure: 'time' });
    const { allocatedBytes } = await caller.ask({ way, calls: ALLOCATION_CALLS, measure: 'allocations' });
    if (allocatedBytes !== undefined) found.set(way, allocatedBytes / ALLOCATION_CALLS);
  }
  await caller.end();
  return found;
}

async function throughAdapter({ brief, tell }: BenchSettings, scene: Scene, file: string): Promise<Way> {
  const { rounds, calls } = brief ? SIZES.brief : SIZES.full;
  const server = await startProgram<'memory', string | number>(
    join(import.meta.dirname, '../programs/gateway-server.ts'),
    { core: 'measured', environment: scene.environment, arguments: [file] },
  );
  const load = await startProgram<LoadQuestion, LoadAnswer>(join(import.meta.dirname, '../programs/load.ts'), {
    core: 'other',
  });
  const headers = { authorization: `Bearer ${scene.rig.callerKey}`, 'x-wechat-appid': APP_ID };
  const question = {
    origin: String(server.ready),
    path: `${JSON_PATH}?${QUERY}`,
    headers,
    connections: 1,
    durationMs: 60_000,
  };
  tell('through the HTTP adapter');
  await load.ask({ ...question, requests: calls });
  const before = cpuMsOf(server.pid);
  const { latenciesMs } = await load.ask({ ...question, requests: calls * rounds });
  const cpuUs = ((cpuMsOf(server.pid) - before) * 1_000) / latenciesMs.length;
  await Promise.all([load.end(), server.end()]);
  return { name: 'call-wechat-api, through the HTTP adapter', cpuUs, latenciesMs };
}

async function profile({ brief }: BenchSettings, scene: Scene, way: CallerQuestion['way']): Promise<OwnerShares> {
  const { warmUp } = brief ? SIZES.brief : SIZES.full;
  const caller = await startCaller(scene, SOURCES);
  await caller.ask({ way, calls: warmUp, measure: 'time' });
  const { shares = {} } = await caller.ask({ way, calls: warmUp, measure: 'profile' });
  await caller.end();
  return Object.fromEntries(Object.entries(shares).map(([owner, us]) => [owner, us / warmUp]));
}

function waysTable(ways: readonly Way[]): Table {
  const direct = ways[0]?.cpuUs ?? Number.NaN;
  return {
    title: 'Per call (processor time: median of the rounds)',
    columns: ['way', 'CPU us', 'CPU / direct', 'p50 us', 'p99 us', 'allocated KB'],
    rows: ways.map(({ name, cpuUs, latenciesMs, allocatedBytes }) => [
      name,
      cpuUs,
      Number((cpuUs / direct).toFixed(2)),
      quantile(latenciesMs, 0.5) * 1_000,
      quantile(latenciesMs, 0.99) * 1_000,
      allocatedBytes === undefined ? '' : allocatedBytes / 1_000,
    ]),
  };
}

function sharesTable(shares: OwnerShares, title: string): Table {
  const sorted = Object.entries(shares).toSorted(([, a], [, b]) => b - a);
  const total = sorted.reduce((sum, [, us]) => sum + us, 0);
  return {
    title,
    columns: ['whose code', 'us per call', 'share'],
    rows: sorted.map(([owner, us]) => [owner, us, `${Math.round((100 * us) / total)} %`]),
  };
}
