import { createCallerId, createCallerKey, recordOf } from '#shared/caller/caller-key.ts';
import { createSealingKey } from '#shared/caller/user-token.ts';
import { type Rig, type RigCall, startRig } from '../../gateway-rig.ts';
import { createMovableClock, type MovableClock } from '../../movable-clock.ts';
import type { Bench } from '../bench.ts';
import {
  type CountedEngine,
  type EngineRequest,
  isRead,
  readsAndWrites,
  startCountedEngine,
} from '../counted-engine.ts';
import { median } from '../quantile.ts';
import { JSON_PATH } from '../scene.ts';
import type { Cell, Table } from '../table.ts';

const SIZES = {
  full: { accounts: [1, 100, 1_000], callers: [1, 100, 10_000], environments: [1, 20, 100, 500], calls: 200 },
  brief: { accounts: [1, 20], callers: [1, 50], environments: [1, 5], calls: 10 },
};
type Sizes = (typeof SIZES)['full'];

const DUE = 10;
const AT_ONCE = 50;
const DAY_MS = 86_400_000;
/** Calls of each environment: within the 36 s that the shortest cache of 45 s with 20 % jitter lives. */
const CALLS_AT_S = [0, 10, 20, 30, 35];

/** What more accounts, callers and environments cost: requests counted at the engine. */
export const growthBench: Bench = async ({ brief, tell }) => {
  const sizes = brief ? SIZES.brief : SIZES.full;
  const accounts = await accountsTable(sizes, tell);
  const environments = await environmentsTable(sizes, tell);
  return {
    title: 'Growth: requests to the table, counted at the engine',
    tables: [accounts.table, await callersTable(sizes, tell), environments.table],
    notes: [
      `A tick has ${DUE} accounts due; the others exist and are due another day. Each of the ${DUE} is read, leased and committed.`,
      `Each environment makes ${CALLS_AT_S.length} calls within 35 s by the gateway's clock, which the bench moves: one life of its caches. Other reads are the account, what WeChat told of its quotas, and one look at what all environments have counted; writes are the counts, at most one in 5 s, and the use of the key, once an hour.`,
      'Environments are fresh sets of everything that a module holds, on one engine. Milliseconds are of this machine and its engine.',
    ],
    figures: { ...accounts.figures, ...environments.figures },
  };
};

/** A table, and the figures of its row with the fewest. */
interface Found {
  readonly table: Table;
  readonly figures: Readonly<Record<string, number>>;
}

async function accountsTable({ accounts }: Sizes, tell: (line: string) => void): Promise<Found> {
  const rows: Cell[][] = [];
  let figures = {};
  for (const existing of accounts) {
    tell(`accounts: ${existing}`);
    const { rig, engine, clock } = await startCountedRig(DUE);
    const later = Array.from({ length: existing }, (_, i) => `wx${String(i).padStart(16, 'e')}`);
    await eachOf(later, (appId) => rig.tokens.add(appId, clock.now() + DAY_MS));
    const busy = await ticked(rig, engine);
    const idle = await ticked(rig, engine);
    rows.push([existing, busy.reads, busy.writes, busy.ms, idle.reads, idle.writes, idle.ms]);
    figures = { readsPerTick: idle.reads, tickMs: idle.ms };
    await rig.close();
  }
  const columns = ['accounts', `reads, ${DUE} due`, 'writes', 'ms', 'reads, none due', 'writes ', 'ms '];
  return { table: { title: 'One tick', columns, rows }, figures };
}

async function ticked(rig: Rig, engine: CountedEngine) {
  const environment = rig.refreshEnvironment();
  engine.takeRequests();
  const startedAt = performance.now();
  await environment.invoke({});
  const ms = performance.now() - startedAt;
  return { ...readsAndWrites(engine.takeRequests()), ms };
}

async function callersTable({ callers, calls }: Sizes, tell: (line: string) => void): Promise<Table> {
  const rows: Cell[][] = [];
  for (const existing of callers) {
    tell(`callers: ${existing}`);
    const { rig, engine } = await startCountedRig(1);
    await rig.refreshEnvironment().invoke({});
    await eachOf(Array.from({ length: existing - 1 }), () => rig.callers.put(newCaller()));
    const environment = rig.callEnvironment();
    engine.takeRequests();
    const cold = await timed(() => environment.call(CALL));
    const ofFirst = engine.takeRequests();
    const first = readsAndWrites(ofFirst);
    const warm: number[] = [];
    for (let i = 0; i < calls; i += 1) warm.push(await timed(() => environment.call(CALL)));
    const rest = readsAndWrites(engine.takeRequests());
    const ofOne = [ofFirst.length, first.reads, first.writes, cold];
    rows.push([existing, ...ofOne, rest.reads / calls, rest.writes / calls, median(warm)]);
    await rig.close();
  }
  const columns = [
    'callers',
    'requests, first call',
    'reads',
    'writes',
    'ms',
    'reads, each later call',
    'writes ',
    'ms ',
  ];
  return { title: 'One call, one environment', columns, rows };
}

async function environmentsTable({ environments }: Sizes, tell: (line: string) => void): Promise<Found> {
  const rows: Cell[][] = [];
  let figures = {};
  for (const count of environments) {
    tell(`environments: ${count}`);
    const { rig, engine, clock } = await startCountedRig(1);
    await rig.refreshEnvironment().invoke({});
    const all = Array.from({ length: count }, () => rig.callEnvironment());
    engine.takeRequests();
    const linesBefore = rig.lines.length;
    const startedAt = clock.now();
    for (const seconds of CALLS_AT_S) {
      await clock.advance(startedAt + seconds * 1_000 - clock.now());
      await eachOf(all, ({ call }) => timed(() => call(CALL)));
    }
    const perEnvironment = countsOf(engine.takeRequests(), count);
    rows.push([count, count * CALLS_AT_S.length, ...Object.values(perEnvironment)]);
    const { token, caller, account, keyUse, learnt } = perEnvironment;
    const logBytes = Buffer.byteLength(rig.lines.slice(linesBefore).join(''));
    figures = {
      readsPerEnvironment: token + caller + account + keyUse + learnt,
      logBytesPerCall: logBytes / (count * CALLS_AT_S.length),
    };
    await rig.close();
  }
  const columns = [
    'environments',
    'calls',
    'token reads each',
    'caller reads',
    'account reads',
    'key use reads',
    'quota reads',
    'looks',
    'writes',
  ];
  return { table: { title: 'Environments, within one life of a cache', columns, rows }, figures };
}

/** What one environment asked, on average. */
function countsOf(requests: readonly EngineRequest[], environments: number) {
  const reads = (wanted: string, fits: (operation: string) => boolean = () => true): number =>
    requests
      .filter((request) => isRead(request) && fits(request.operation))
      .flatMap(({ kinds }) => kinds)
      .filter((kind) => kind === wanted).length / environments;
  return {
    token: reads('TOKEN'),
    caller: reads('CALLER'),
    account: reads('ACCOUNT'),
    // Read with the three above; what WeChat told of quotas is read alone.
    keyUse: reads('USAGE', (operation) => operation === 'BatchGetItem'),
    learnt: reads('USAGE', (operation) => operation === 'GetItem'),
    looks: reads('USAGE', (operation) => operation === 'Query'),
    writes: readsAndWrites(requests).writes / environments,
  };
}

const CALL: RigCall = { path: JSON_PATH, query: 'openid=o1', headers: { 'x-wechat-appid': appIdOf(0) } };

function appIdOf(index: number): string {
  return `wx${String(index).padStart(16, '0')}`;
}

async function startCountedRig(
  accounts: number,
): Promise<{ readonly rig: Rig; readonly engine: CountedEngine; readonly clock: MovableClock }> {
  const engine = await startCountedEngine();
  const clock = createMovableClock();
  const rig = await startRig({
    accounts: Array.from({ length: accounts }, (_, i) => ({
      appId: appIdOf(i),
      appSecret: 'a'.repeat(32),
    })),
    clock,
    dynamodb: engine,
  });
  return { rig, engine, clock };
}

function newCaller() {
  const id = createCallerId();
  return {
    id,
    name: 'another',
    disabled: false,
    keys: [recordOf(createCallerKey(id), Date.now())],
    sealingKey: createSealingKey(),
    grants: [],
  };
}

async function timed(work: () => Promise<{ readonly statusCode: number; readonly text: string }>): Promise<number> {
  const startedAt = performance.now();
  const { statusCode, text } = await work();
  if (statusCode !== 200 || /"errcode":[^0]/.test(text)) throw new Error(`a call was answered ${statusCode}: ${text}`);
  return performance.now() - startedAt;
}

/** Not all at once: the engine is one process on a small machine. */
async function eachOf<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  const rest = items.values();
  const worker = async (): Promise<void> => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
