import { eventOf } from '../../gateway-rig.ts';
import type { BenchSettings } from '../bench.ts';
import { median } from '../quantile.ts';
import { APP_ID, type Scene } from '../scene.ts';
import type { Table } from '../table.ts';
import { type ColdStart, coldStart } from './cold-start.ts';
import { type NamedSubject, subjectNamed } from './cold-subjects.ts';
import { runtimeClient } from './runtime-client.ts';

const ROUNDS = { full: 10, brief: 1 };
const LARGE_BYTES = 4_000_000;

/** A function and what it is sent; nothing when its start alone is of interest. */
interface Task {
  readonly name: string;
  readonly subject: NamedSubject;
  readonly event: unknown;
}

/** Every function's start, and what the largest bodies take beyond an ordinary call, with the memory that they need. */
export async function functionsTable(
  { brief, tell }: BenchSettings,
  scene: Scene,
  subjects: readonly NamedSubject[],
): Promise<{ readonly table: Table; readonly figures: Readonly<Record<string, number>> }> {
  const tasks = tasksOf(scene, subjects);
  const rounds = brief ? ROUNDS.brief : ROUNDS.full;
  tell(`${tasks.length} starts of functions, ${rounds} rounds`);
  const starts = new Map(tasks.map(({ name }) => [name, new Array<ColdStart>()]));
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, subject, event } of tasks) {
      starts.get(name)?.push(await coldStart(runtimeClient(), subject, event));
    }
  }
  const cpuMs = (name: string): number => median((starts.get(name) ?? []).map((start) => start.cpuMs));
  return {
    table: {
      title: 'Every function: start and memory (medians)',
      columns: ['function', 'bytes at start', 'bytes in all', 'init ms', 'CPU ms', 'peak MiB'],
      rows: tasks.map(({ name, subject: { startBytes, sizeBytes } }) => {
        const found = starts.get(name) ?? [];
        const initMs = median(found.map((start) => start.initMs));
        const peakMiB = median(found.map((start) => start.peakMiB));
        return [name, startBytes, sizeBytes, initMs, cpuMs(name), Math.round(peakMiB)];
      }),
    },
    figures: { largeBodiesCpuMs: cpuMs(LARGE) - cpuMs(SMALL) },
  };
}

const SMALL = 'call-wechat-api, one small call';
const LARGE = 'call-wechat-api, 4 MB up and down';

function tasksOf(scene: Scene, subjects: readonly NamedSubject[]): readonly Task[] {
  const started = subjects.map((subject) => ({ name: `${subject.name}, start`, subject, event: undefined }));
  const found = (name: string): NamedSubject => subjectNamed(subjects, name);
  const upload = (body: Uint8Array) => eventOf({ ...UPLOAD, body }, scene.rig.callerKey);
  return [
    ...started,
    { name: 'refresh-access-token, a tick without work', subject: found('refresh-access-token'), event: {} },
    { name: SMALL, subject: found('call-wechat-api'), event: upload(new Uint8Array(1)) },
    {
      name: LARGE,
      subject: found('call-wechat-api'),
      event: { ...upload(new Uint8Array(LARGE_BYTES)), rawPath: '/download' },
    },
  ];
}

const UPLOAD = {
  method: 'POST',
  path: '/cgi-bin/media/upload',
  headers: { 'x-wechat-appid': APP_ID, 'content-type': 'application/octet-stream' },
};
