import { join } from 'node:path';
import { bundle, PROJECT_ROOT } from '../../../infra/build.ts';
import type { Bench, BenchSettings } from '../bench.ts';
import { cpuMsOf } from '../cpu-time.ts';
import { type Program, startProgram } from '../program.ts';
import type { LoadAnswer, LoadQuestion } from '../programs/load.ts';
import { median, quantile } from '../quantile.ts';
import { JSON_PATH, type Scene, startScene } from '../scene.ts';
import type { Table } from '../table.ts';
import { type ProxySubject, startSubjects } from './subjects.ts';

type Load = Program<LoadQuestion, LoadAnswer>;

/** One kind of load, of which every subject gets the same. */
interface Kind {
  readonly name: string;
  readonly path: string;
  readonly connections: number;
  /** How many requests of it are a round. */
  readonly requests: number;
  readonly bodyBytes?: number;
}

/** One subject under one kind of load, over all rounds. */
interface Found {
  /** Requests per second of processor time. */
  readonly perCoreSecond: number[];
  readonly perSecond: number[];
  readonly latenciesMs: number[];
}

const LARGE_BYTES = 4_000_000;
const HELD = 8;
const JSON_KINDS: readonly Kind[] = [1, 8, 64].map((connections) => ({
  name: `JSON, ${connections} connection${connections === 1 ? '' : 's'}`,
  path: `${JSON_PATH}?openid=o1`,
  connections,
  requests: 2_000,
}));
const LARGE_KINDS: readonly Kind[] = [
  {
    name: '4 MB upload, 1 connection',
    path: '/cgi-bin/media/upload',
    connections: 1,
    requests: 15,
    bodyBytes: LARGE_BYTES,
  },
  { name: '4 MB download, 1 connection', path: '/download', connections: 1, requests: 15 },
];
/** A round is so many times its kind's requests. Before the first one every subject is asked as much as in `warmUp` rounds, so that its code is compiled. */
const SIZES = { full: { rounds: 7, part: 1, warmUp: 6 }, brief: { rounds: 1, part: 0.05, warmUp: 1 } };
/** Only ends what hangs. */
const LONGEST_MS = 120_000;

/** The gateway's local run against other proxies, all in front of the same upstream. */
export const proxiesBench: Bench = async (settings) => {
  const scene = await startScene();
  const functionFile = join(PROJECT_ROOT, 'functions/call-wechat-api/handler.ts');
  const { file } = await bundle(functionFile, join(PROJECT_ROOT, 'build/bench/call-wechat-api'));
  const { subjects, missing } = await startSubjects(scene, file, settings.tell);
  const load = await startProgram<LoadQuestion, LoadAnswer>(join(import.meta.dirname, '../programs/load.ts'), {
    core: 'other',
  });
  try {
    const kinds = [...JSON_KINDS, ...LARGE_KINDS];
    const found = await runRounds(settings, kinds, subjects, load);
    return {
      title: 'Other proxies in front of the same upstream',
      tables: [
        ...kinds.map((kind) => kindTable(kind, subjects, found)),
        await memoryTable(scene, subjects, load),
        {
          title: 'What each does for a call',
          columns: ['proxy', 'does'],
          rows: subjects.map(({ name, does }) => [name, does]),
        },
      ],
      notes: [
        'The peers do less: they have no caller key, no grant, no heal and no log line. Ours speaks API Gateway to itself, base64 included, as the deployed function does.',
        'Requests per core: requests divided by the processor time of the proxy, so that neither the load nor the upstream, on the other core, nor anything else on the machine counts.',
        ...missing,
      ],
      figures: {},
    };
  } finally {
    await Promise.all([load.end(), ...subjects.map((subject) => subject.end())]);
    await scene.close();
  }
};

/** Kind by kind, every subject once per round. */
async function runRounds(
  { brief, tell }: BenchSettings,
  kinds: readonly Kind[],
  subjects: readonly ProxySubject[],
  load: Load,
): Promise<ReadonlyMap<string, Found>> {
  const { rounds, part, warmUp } = brief ? SIZES.brief : SIZES.full;
  const found = new Map<string, Found>();
  for (const kind of kinds) {
    tell(`${kind.name}: ${rounds} rounds`);
    for (const subject of subjects) {
      found.set(keyOf(kind, subject), { perCoreSecond: [], perSecond: [], latenciesMs: [] });
      await load.ask(questionOf(kind, subject, kind.requests * part * warmUp));
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const subject of subjects) {
        const question = questionOf(kind, subject, kind.requests * part);
        await runOnce(found.get(keyOf(kind, subject)), question, subject, load);
      }
    }
  }
  return found;
}

async function runOnce(
  found: Found | undefined,
  question: LoadQuestion,
  { pid }: ProxySubject,
  load: Load,
): Promise<void> {
  const before = cpuMsOf(pid);
  const { requests, wallMs, latenciesMs } = await load.ask(question);
  found?.perCoreSecond.push((requests * 1_000) / (cpuMsOf(pid) - before));
  found?.perSecond.push((requests * 1_000) / wallMs);
  found?.latenciesMs.push(...latenciesMs);
}

function questionOf(
  { path, connections, bodyBytes }: Omit<Kind, 'name' | 'requests'>,
  { endpoint, headers }: ProxySubject,
  requests: number,
): LoadQuestion {
  const upload = bodyBytes !== undefined && { bodyBytes };
  return { origin: endpoint, path, headers, connections, requests, durationMs: LONGEST_MS, ...upload };
}

function keyOf({ name }: Kind, subject: ProxySubject): string {
  return `${name} ${subject.name}`;
}

function kindTable(kind: Kind, subjects: readonly ProxySubject[], all: ReadonlyMap<string, Found>): Table {
  const rows = subjects.flatMap((subject) => {
    const found = all.get(keyOf(kind, subject));
    if (found === undefined) return [];
    return [
      [
        subject.name,
        Math.round(median(found.perCoreSecond)),
        Math.round(median(found.perSecond)),
        quantile(found.latenciesMs, 0.5),
        quantile(found.latenciesMs, 0.99),
      ],
    ];
  });
  return {
    title: kind.name,
    columns: ['proxy', 'requests per core second', 'requests per second', 'p50 ms', 'p99 ms'],
    rows,
  };
}

/** What a proxy holds while the upstream has taken so many bodies of 4 MB and answers none. */
async function memoryTable(scene: Scene, subjects: readonly ProxySubject[], load: Load): Promise<Table> {
  const rows: [string, number][] = [];
  for (const subject of subjects) {
    if (subject.memory === undefined) continue;
    const before = await subject.memory();
    const upload = { path: '/held', connections: HELD, bodyBytes: LARGE_BYTES };
    const done = load.ask(questionOf(upload, subject, HELD));
    while (Number(await scene.upstream.ask('hold')) < HELD) await new Promise((resolve) => setTimeout(resolve, 20));
    rows.push([subject.name, ((await subject.memory()) - before) / HELD / 1e6]);
    await scene.upstream.ask('let-go');
    await done;
  }
  return {
    title: `Memory per 4 MB body in flight (${HELD} at once, after a collection)`,
    columns: ['proxy', 'MB'],
    rows,
  };
}
