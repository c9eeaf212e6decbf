import { Session } from 'node:inspector/promises';
import { createRequire } from 'node:module';
import { Pool } from 'undici';
import { type OwnerShares, ownersOf, SAMPLING_INTERVAL_US } from '../call/profile-owners.ts';
import { answerQuestions } from '../program.ts';

/** Straight to the upstream, or through the function with the one credential or the other. */
export type CallWay = 'direct' | 'callerKey' | 'gatewayToken';

/** Which way, how often, and what to find out. */
export interface CallerQuestion {
  readonly way: CallWay;
  readonly calls: number;
  readonly measure: 'time' | 'allocations' | 'profile';
}

/** What came out; what was not asked for is absent. */
export interface CallerAnswer {
  readonly cpuMs?: number;
  readonly latenciesMs?: readonly number[];
  /** Absent when the collector ran meanwhile, which hides how much was allocated. */
  readonly allocatedBytes?: number;
  readonly shares?: OwnerShares;
}

/** What this program calls. */
export interface CallerTask {
  /** The handler's file: the bundle, or for profiles the sources. */
  readonly handlerFile: string;
  readonly events: Readonly<Record<Exclude<CallWay, 'direct'>, Readonly<Record<string, unknown>>>>;
  readonly origin: string;
  /** Of the direct call, with its token. */
  readonly path: string;
}

const task = JSON.parse(process.env['CALLER_TASK'] ?? '') as CallerTask;
const load = task.handlerFile.endsWith('.ts')
  ? ((await import(task.handlerFile)) as { handler: Handler })
  : (createRequire(import.meta.url)(task.handlerFile) as { handler: Handler });
type Handler = (event: unknown, context: unknown) => Promise<{ readonly statusCode: number }>;

const pool = new Pool(task.origin, { allowH2: false, pipelining: 1 });
const context = () => ({ awsRequestId: 'bench', getRemainingTimeInMillis: () => 29_000 });

const ways = {
  async direct() {
    const { statusCode, body } = await pool.request({ method: 'GET', path: task.path });
    await body.arrayBuffer();
    return statusCode;
  },
  async callerKey() {
    return (await load.handler({ ...task.events.callerKey }, context())).statusCode;
  },
  async gatewayToken() {
    return (await load.handler({ ...task.events.gatewayToken }, context())).statusCode;
  },
} as const;

answerQuestions<CallerAnswer>({}, async ({ way, calls, measure }: CallerQuestion) => {
  const run = () => callInTurn(ways[way], calls);
  if (measure === 'profile') return { shares: await profiled(run) };
  if (measure === 'allocations') return allocated(run);
  const before = process.cpuUsage();
  const latenciesMs = await run();
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1_000, latenciesMs };
});

/** One at a time, as Lambda has it. */
async function callInTurn(call: () => Promise<number>, calls: number): Promise<readonly number[]> {
  const latenciesMs: number[] = [];
  for (let i = 0; i < calls; i += 1) {
    const startedAt = performance.now();
    const status = await call();
    latenciesMs.push(performance.now() - startedAt);
    if (status !== 200) throw new Error(`call ${i} was answered ${status}`);
  }
  return latenciesMs;
}

async function allocated(run: () => Promise<unknown>): Promise<CallerAnswer> {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  let collected = false;
  const observer = new PerformanceObserver(() => (collected = true));
  observer.observe({ entryTypes: ['gc'] });
  await run();
  const allocatedBytes = process.memoryUsage().heapUsed - before;
  // Entries come with the next turn of the loop.
  await new Promise((resolve) => setImmediate(resolve));
  observer.disconnect();
  return collected ? {} : { allocatedBytes };
}

async function profiled(run: () => Promise<unknown>): Promise<OwnerShares> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: SAMPLING_INTERVAL_US });
  await session.post('Profiler.start');
  await run();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  return ownersOf(profile);
}
