import { eventOf } from '../../gateway-rig.ts';
import type { Bench, BenchSettings } from '../bench.ts';
import { type CountedEngine, startCountedEngine } from '../counted-engine.ts';
import { installPeers } from '../installed.ts';
import { median, quantile } from '../quantile.ts';
import { APP_ID, JSON_PATH, startScene } from '../scene.ts';
import type { Table } from '../table.ts';
import { afarTable } from './afar-table.ts';
import { type ColdStart, coldStart } from './cold-start.ts';
import { callSubjects, FLOOR, functionSubjects, logSubjects, type NamedSubject } from './cold-subjects.ts';
import { functionsTable } from './functions-table.ts';
import { linesTable } from './lines-table.ts';
import { runtimeClient } from './runtime-client.ts';

const ROUNDS = { full: 20, brief: 2 };

/** A start with its subject's size, and what the engine saw of it. */
interface WatchedStart extends ColdStart, Pick<NamedSubject, 'startBytes' | 'sizeBytes'> {
  /** From the event until the table's first answer was on its way; `undefined` when nothing was read. */
  readonly firstReadMs: number | undefined;
}

/** From spawn to the first answer, for the artefact as it is deployed, under what runs it on Lambda. */
export const coldBench: Bench = async (settings) => {
  const missing = installPeers(settings.tell);
  const client = runtimeClient();
  const engine = await startCountedEngine();
  const scene = await startScene(engine);
  try {
    const event = eventOf({ path: JSON_PATH, headers: { 'x-wechat-appid': APP_ID } }, scene.rig.callerKey);
    const subjects = await callSubjects(scene);
    const calls = await runRounds(settings, subjects, event, engine);
    const functionsAlone = await functionSubjects(scene);
    const afar = await afarTable(settings, scene, [...subjects, ...functionsAlone], event);
    const logging = await logSubjects();
    const logs = await runRounds(settings, logging, {}, engine);
    const functions = await functionsTable(settings, scene, functionsAlone);
    const gateway = calls.get('call-wechat-api') ?? [];
    return {
      title: `Cold start, under ${client.name}`,
      tables: [
        callTable('Spawn to first answer (medians)', calls),
        afar,
        callTable('Log and metrics against Powertools (medians)', logs),
        await linesTable(settings, logging),
        functions.table,
      ],
      notes: [
        'The process is kept to one core; engine and upstream have the other and speak plain HTTP on loopback.',
        'From afar, each answer comes later by a round trip, and each connection by two for TCP and TLS. The distances are assumed.',
        'The floors read one item and make one call. call-wechat-api reads caller, account, token and the last use of the key at once and makes the call; so does the floor with the table request of a call, without any logic.',
        'The first start of an hour also notes the use of the key, beside the call; the others find it noted.',
        '4 MB up and down: a body of 4,000,000 bytes in the event, and one as answer, both base64, in the first call of an environment.',
        ...(client.advice === undefined ? [] : [client.advice]),
        ...(missing === undefined ? [] : [missing]),
      ],
      figures: { ...functions.figures, coldStartCpuMs: median(gateway.map(({ cpuMs }) => cpuMs)) },
    };
  } finally {
    await scene.close();
  }
};

type Results = ReadonlyMap<string, readonly WatchedStart[]>;

/** Every subject once per round, so that whatever else the machine does falls on all alike. */
async function runRounds(
  { brief, tell }: BenchSettings,
  subjects: readonly NamedSubject[],
  event: unknown,
  engine: CountedEngine,
): Promise<Results> {
  const results = new Map<string, WatchedStart[]>(subjects.map(({ name }) => [name, []]));
  const rounds = brief ? ROUNDS.brief : ROUNDS.full;
  tell(`${subjects.length} subjects, ${rounds} rounds`);
  for (let round = 0; round < rounds; round += 1) {
    for (const subject of subjects) results.get(subject.name)?.push(await watchedStart(subject, event, engine));
  }
  return results;
}

async function watchedStart(subject: NamedSubject, event: unknown, engine: CountedEngine): Promise<WatchedStart> {
  engine.takeRequests();
  const start = await coldStart(runtimeClient(), subject, event);
  const { statusCode } = start.answer as { readonly statusCode?: number };
  if (statusCode !== 200) throw new Error(`${subject.name} answered ${JSON.stringify(start.answer)}`);
  const [first] = engine.takeRequests();
  const { startBytes, sizeBytes } = subject;
  return { ...start, startBytes, sizeBytes, firstReadMs: first && first.answeredAt - start.invokedAt };
}

function callTable(title: string, results: Results): Table {
  const floor = results.get(FLOOR);
  const floorMs = floor && median(floor.map(totalMs));
  const rows = [...results].map(([name, starts]) => {
    const reads = starts.flatMap(({ firstReadMs }) => (firstReadMs === undefined ? [] : [firstReadMs]));
    const total = median(starts.map(totalMs));
    return [
      name,
      starts[0]?.startBytes ?? '',
      starts[0]?.sizeBytes ?? '',
      median(starts.map(({ initMs }) => initMs)),
      reads.length === 0 ? '' : median(reads),
      median(starts.map(({ firstCallMs }) => firstCallMs)),
      total,
      quantile(starts.map(totalMs), 0.9),
      floorMs === undefined ? '' : Number((total / floorMs).toFixed(2)),
      median(starts.map(({ cpuMs }) => cpuMs)),
      Math.round(median(starts.map(({ peakMiB }) => peakMiB))),
    ];
  });
  return {
    title,
    columns: [
      'subject',
      'bytes at start',
      'bytes in all',
      'init ms',
      'first read ms',
      'first call ms',
      'total ms',
      'p90 total ms',
      'total / floor',
      'CPU ms',
      'peak MiB',
    ],
    rows,
  };
}

function totalMs({ initMs, firstCallMs }: ColdStart): number {
  return initMs + firstCallMs;
}
