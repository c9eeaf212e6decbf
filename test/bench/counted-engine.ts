import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { createTableInput } from '#shared/table/table-definition.dynamodb.ts';
import { type LoopbackServer, listenOnLoopback } from '../../infra/local/loopback-server.ts';
import { TABLE_NAME } from '../gateway-rig.ts';

/** One request that reached the engine. */
export interface EngineRequest {
  /** Such as `GetItem`. */
  readonly operation: string;
  /** Whose items it is about, by the prefix of each one's key, such as `TOKEN`; `index` for accounts that are due. Empty until all of the request has come. */
  kinds: readonly string[];
  /** When it came, and when it was answered: milliseconds of `performance.now()`. */
  readonly at: number;
  answeredAt: number;
}

/** An engine that notes what it is asked. */
export interface CountedEngine extends LoopbackServer {
  /** Everything since the last call of this. */
  takeRequests(): readonly EngineRequest[];
}

const READS: ReadonlySet<string> = new Set(['GetItem', 'Query', 'BatchGetItem']);

/** Starts an engine in memory in this process, with the table of a rig. */
export async function startCountedEngine(): Promise<CountedEngine> {
  let requests: EngineRequest[] = [];
  const engine = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  engine.prependListener('request', (incoming, response) => {
    const operation = String(incoming.headers['x-amz-target']).replace(/^.*\./, '');
    const request: EngineRequest = { operation, kinds: [], at: performance.now(), answeredAt: Infinity };
    requests.push(request);
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.once('end', () => (request.kinds = kindsOf(Buffer.concat(chunks).toString())));
    response.once('finish', () => (request.answeredAt = performance.now()));
  });
  const server = await listenOnLoopback(engine, 0);
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const client = new DynamoDBClient({ endpoint: server.endpoint, region: 'us-east-1', credentials });
  await client.send(new CreateTableCommand(createTableInput(TABLE_NAME)));
  client.destroy();
  return {
    ...server,
    takeRequests() {
      const taken = requests;
      requests = [];
      return taken;
    },
  };
}

/** Only the keys of accounts, callers and what belongs to them have a `#`. */
function kindsOf(body: string): readonly string[] {
  const isBatch = body.includes('"RequestItems"');
  const kinds = [...body.matchAll(/"S":"([A-Z]+)#/g)].map(([, kind = '']) => kind);
  return isBatch ? kinds : [kinds[0] ?? 'index'];
}

/** Whether it reads; everything else writes. */
export function isRead({ operation }: EngineRequest): boolean {
  return READS.has(operation);
}

/** How many items these read, and how many write. */
export function readsAndWrites(requests: readonly EngineRequest[]): {
  readonly reads: number;
  readonly writes: number;
} {
  const reading = requests.filter(isRead);
  return { reads: reading.flatMap(({ kinds }) => kinds).length, writes: requests.length - reading.length };
}
