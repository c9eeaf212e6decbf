import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { LoopbackServer } from '../infra/local/loopback-server.ts';
import { DYNAMODB_LOCAL_JARS } from './dynamodb-local-lack.ts';

const HOST = join(import.meta.dirname, 'dynamodb-local/DynamodbLocal.java');
// Short lives: the compiler that takes longest to warm up never pays off.
const JVM_OPTIONS = [
  '-XX:TieredStopAtLevel=1',
  '-Xmx1g',
  `-Djava.library.path=${DYNAMODB_LOCAL_JARS}`,
  '-cp',
  `${DYNAMODB_LOCAL_JARS}/*`,
];

/** One process of Amazon's engine, in which tests open databases. */
export interface DynamodbLocalHost {
  /** For {@link openDynamodbLocal}. */
  readonly control: string;
  stop(): Promise<void>;
}

/** Starts the process, with no database yet. @throws {Error} with its own output when it ends before it listens */
export async function startDynamodbLocalHost(): Promise<DynamodbLocalHost> {
  // No telemetry: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DynamoDBLocalTelemetry.html
  const env = { ...process.env, DDB_LOCAL_TELEMETRY: '0' };
  const child = spawn('java', [...JVM_OPTIONS, HOST], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  const port = await new Promise<string>((resolve, reject) => {
    let errors = '';
    child.on('error', reject);
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const found = /control port (\d+)/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
    void exited.then(() => reject(new Error(`DynamoDB Local ended before it listened: ${errors}`)));
  });
  return {
    control: `http://127.0.0.1:${port}`,
    async stop() {
      // The end of its input ends it.
      child.stdin.end();
      await exited;
    },
  };
}

/** Opens an empty database of its own on a port of its own, with one table that is active. */
export async function openDynamodbLocal(control: string, table: CreateTableCommandInput): Promise<LoopbackServer> {
  const port = await answerOf(await fetch(control, { method: 'POST' }));
  const endpoint = `http://127.0.0.1:${port}`;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
  await client.send(new CreateTableCommand(table));
  client.destroy();
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await answerOf(await fetch(`${control}/${port}`, { method: 'DELETE' }));
  };
  return { endpoint, close: () => (closed ??= close()) };
}

async function answerOf(response: Response): Promise<string> {
  if (!response.ok) throw new Error(`DynamoDB Local's host answered ${response.status} on ${response.url}`);
  return response.text();
}
