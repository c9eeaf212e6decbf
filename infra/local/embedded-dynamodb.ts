import { chmodSync, mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { lockDataDir } from './data-dir-lock.ts';
import { type LoopbackServer, listenOnLoopback } from './loopback-server.ts';

/** How to start {@link startEmbeddedDynamodb}. */
export interface EmbeddedDynamodbSettings {
  readonly table: CreateTableCommandInput;
  /** 0, the default, picks a free one. */
  readonly port?: number;
  /** State lives in `<dataDir>/dynamodb`, mode 0700. Absent keeps everything in memory. */
  readonly dataDir?: string;
}

const TABLE_WAIT_SECONDS = 10;
const KEEP_ALIVE_MS = 600_000;

/**
 * A DynamoDB engine in this process whose one table exists and is ACTIVE. Started again on the same directory it finds what was written.
 *
 * It is not Amazon's: a failed condition brings no old item, and there are no transactions and no time to live.
 * @throws {Error} when the port is taken or another process has the data directory
 */
export async function startEmbeddedDynamodb(settings: EmbeddedDynamodbSettings): Promise<LoopbackServer> {
  const release = settings.dataDir === undefined ? () => {} : lockDataDir(settings.dataDir);
  try {
    const server = await listenOrClose(createEngine(settings.dataDir), settings.port ?? 0);
    const close = (graceMs?: number): Promise<void> => server.close(graceMs).finally(release);
    await createTable(server.endpoint, settings.table).catch(async (error: unknown) => {
      await close();
      throw error;
    });
    return { endpoint: server.endpoint, close };
  } catch (error) {
    release();
    throw error;
  }
}

function createEngine(dataDir: string | undefined): Server {
  const instantly = { createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 };
  const engine = dynalite(dataDir === undefined ? instantly : { ...instantly, path: privateDirectory(dataDir) });
  // The engine throws on a client that dies while sending, which would end this process. Such a request is simply never answered.
  engine.on('request', (request) => {
    request.removeAllListeners('error');
    request.on('error', () => {});
  });
  // Node would end connections that were idle for 5 s, at times just as a busy client sends on one. Amazon's engine is not so quick.
  engine.keepAliveTimeout = KEEP_ALIVE_MS;
  return engine;
}

async function listenOrClose(engine: Server, port: number): Promise<LoopbackServer> {
  try {
    return await listenOnLoopback(engine, port);
  } catch (error) {
    // The engine closes its database only if it has listened; left open, the next one on this directory ends the process.
    const somewhere = await listenOnLoopback(engine, 0);
    await somewhere.close();
    throw error;
  }
}

function privateDirectory(dataDir: string): string {
  const directory = join(dataDir, 'dynamodb');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  return directory;
}

async function createTable(endpoint: string, table: CreateTableCommandInput): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
  try {
    await client.send(new CreateTableCommand(table));
  } catch (error) {
    // The data directory has the table from an earlier run: that is what was asked for.
    if (!(error instanceof ResourceInUseException)) {
      throw error;
    }
  }
  const waiting = { client, maxWaitTime: TABLE_WAIT_SECONDS, minDelay: 1, maxDelay: 1 };
  await waitUntilTableExists(waiting, { TableName: table.TableName });
  client.destroy();
}
