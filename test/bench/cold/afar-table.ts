import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../../infra/build.ts';
import { selfSignedCertificate } from '../../self-signed-certificate.ts';
import type { BenchSettings } from '../bench.ts';
import { median } from '../quantile.ts';
import { APP_ID, type Scene } from '../scene.ts';
import type { Table } from '../table.ts';
import { type ColdStart, coldStart } from './cold-start.ts';
import { FLOOR, type NamedSubject, subjectNamed } from './cold-subjects.ts';
import { startDistantServer } from './distant-server.ts';
import { runtimeClient } from './runtime-client.ts';

const ROUNDS = { full: 20, brief: 1 };
/** Round trips as a function in Singapore may have them: to AWS's services in its own region, and to WeChat. Assumed, not measured. */
const AWS_MS = 2;
const WECHAT_MS = 40;
const LOGIN_BUDGET_MS = 25_000;

interface Task {
  readonly subject: NamedSubject;
  readonly event: () => unknown;
}

/** Spawn to first answer over TLS, with table, secrets and WeChat as far away as they may be on AWS: the floor, a call and a login. */
export async function afarTable(
  { brief, tell }: BenchSettings,
  scene: Scene,
  subjects: readonly NamedSubject[],
  callEvent: unknown,
): Promise<Table> {
  const tasks = [
    { subject: subjectNamed(subjects, FLOOR), event: () => callEvent },
    { subject: subjectNamed(subjects, 'call-wechat-api'), event: () => callEvent },
    { subject: subjectNamed(subjects, 'call-with-app-secret'), event: loginEvent },
  ];
  const rounds = brief ? ROUNDS.brief : ROUNDS.full;
  tell(`${tasks.length} subjects from afar, ${rounds} rounds`);
  const afar = await startAfar(scene);
  try {
    const starts = await startInTurns(tasks, afar.variables, rounds);
    return tableOf(tasks, starts);
  } finally {
    await afar.close();
  }
}

function loginEvent(): unknown {
  const fields = { js_code: 'code', grant_type: 'authorization_code' };
  return { appId: APP_ID, call: 'sns/jscode2session', fields, deadline: Date.now() + LOGIN_BUDGET_MS };
}

/** Puts what a scene's functions call behind TLS and at a distance; `variables` are those by which they find and trust it. */
async function startAfar({ rig, upstreamOrigin }: Scene) {
  const certificate = selfSignedCertificate('127.0.0.1');
  const folder = join(PROJECT_ROOT, 'build/bench');
  const trusted = join(folder, 'afar.pem');
  await mkdir(folder, { recursive: true });
  await writeFile(trusted, certificate.cert);
  const table = await startDistantServer(rig.dynamodb.endpoint, AWS_MS, certificate);
  const secrets = await startDistantServer(rig.secrets.endpoint, AWS_MS, certificate);
  const wechat = await startDistantServer(upstreamOrigin, WECHAT_MS, certificate);
  return {
    variables: {
      AWS_ENDPOINT_URL_DYNAMODB: table.endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
      UPSTREAM_ORIGINS: wechat.endpoint,
      NODE_EXTRA_CA_CERTS: trusted,
    },
    async close() {
      await Promise.all([table, secrets, wechat].map((server) => server.close()));
    },
  };
}

async function startInTurns(
  tasks: readonly Task[],
  variables: Readonly<Record<string, string>>,
  rounds: number,
): Promise<ReadonlyMap<Task, readonly ColdStart[]>> {
  const starts = new Map(tasks.map((task) => [task, new Array<ColdStart>()]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [{ subject, event }, found] of starts) {
      const placed = { ...subject, environment: { ...subject.environment, ...variables } };
      const start = await coldStart(runtimeClient(), placed, event());
      const { statusCode, status = statusCode } = start.answer as { readonly statusCode?: number; status?: number };
      if (status !== 200) throw new Error(`${subject.name} answered ${JSON.stringify(start.answer)}`);
      found.push(start);
    }
  }
  return starts;
}

function tableOf(tasks: readonly Task[], starts: ReadonlyMap<Task, readonly ColdStart[]>): Table {
  const medianOf = (task: Task, ms: (start: ColdStart) => number): number => median((starts.get(task) ?? []).map(ms));
  const total = (task: Task): number => medianOf(task, ({ initMs, firstCallMs }) => initMs + firstCallMs);
  const [floor] = tasks;
  return {
    title: `The same over TLS, ${AWS_MS} ms from AWS's services and ${WECHAT_MS} ms from WeChat and back (medians)`,
    columns: ['subject', 'init ms', 'first call ms', 'total ms', 'total / floor', 'CPU ms'],
    rows: tasks.map((task) => [
      task.subject.name,
      medianOf(task, ({ initMs }) => initMs),
      medianOf(task, ({ firstCallMs }) => firstCallMs),
      total(task),
      floor === undefined ? '' : Number((total(task) / total(floor)).toFixed(2)),
      medianOf(task, ({ cpuMs }) => cpuMs),
    ]),
  };
}
