import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ConditionalCheckFailedException,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, expect, it } from 'vitest';
import { createTableInput } from '#shared/table/table-definition.dynamodb.ts';
import { startEmbeddedDynamodb } from '../../infra/local/embedded-dynamodb.ts';

const TableName = 'wechat-gateway-test';
const table = createTableInput(TableName);
const key = { pk: { S: 'ACCOUNT#wx1' }, sk: { S: 'ACCOUNT' } };
const cleanups: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(cleanups.splice(0).map(async (clean) => clean()));
});

function clientOf(endpoint: string): DynamoDBClient {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
  cleanups.push(() => client.destroy());
  return client;
}

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'embedded-dynamodb-'));
  cleanups.push(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

it('has an active table with its index as soon as it has started, on this machine only', async () => {
  const engine = await startEmbeddedDynamodb({ table });
  cleanups.push(() => engine.close());
  const { Table } = await clientOf(engine.endpoint).send(new DescribeTableCommand({ TableName }));
  expect(engine.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(Table?.TableStatus).toBe('ACTIVE');
  expect(Table?.GlobalSecondaryIndexes?.map((index) => index.IndexStatus)).toEqual(['ACTIVE']);
});

it('lets one of many conditional writers win', async () => {
  const engine = await startEmbeddedDynamodb({ table });
  cleanups.push(() => engine.close());
  const client = clientOf(engine.endpoint);
  const put = new PutItemCommand({ TableName, Item: key, ConditionExpression: 'attribute_not_exists(pk)' });
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => client.send(put)));
  const losers = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  expect(losers).toHaveLength(19);
  expect(losers.every((error) => error instanceof ConditionalCheckFailedException)).toBe(true);
});

it('finds what it wrote when it is started again on the same directory, which nobody else can read', async () => {
  const dataDir = temporaryDirectory();
  const first = await startEmbeddedDynamodb({ table, dataDir });
  await clientOf(first.endpoint).send(new PutItemCommand({ TableName, Item: { ...key, note: { S: '你好' } } }));
  await first.close();
  const second = await startEmbeddedDynamodb({ table, dataDir });
  cleanups.push(() => second.close());
  const { Item } = await clientOf(second.endpoint).send(new GetItemCommand({ TableName, Key: key }));
  expect(Item?.['note']).toEqual({ S: '你好' });
  expect(statSync(join(dataDir, 'dynamodb')).mode & 0o777).toBe(0o700);
});

it('refuses a directory that is in use and says by whom, and takes it once it is free', async () => {
  const dataDir = temporaryDirectory();
  const first = await startEmbeddedDynamodb({ table, dataDir });
  await expect(startEmbeddedDynamodb({ table, dataDir })).rejects.toThrow(`in use by process ${process.pid}`);
  await first.close();
  const second = await startEmbeddedDynamodb({ table, dataDir });
  await second.close();
});

it('takes over a directory whose process was killed', async () => {
  const dataDir = temporaryDirectory();
  // Above the largest process id that Linux gives out.
  const lockFile = join(dataDir, 'in-use.pid');
  writeFileSync(lockFile, '4194305');
  const engine = await startEmbeddedDynamodb({ table, dataDir });
  expect(readFileSync(lockFile, 'utf8')).toBe(String(process.pid));
  await engine.close();
  expect(existsSync(lockFile)).toBe(false);
});

it('names the port when another program has it, and leaves the directory free', async () => {
  const first = await startEmbeddedDynamodb({ table });
  cleanups.push(() => first.close());
  const port = Number(new URL(first.endpoint).port);
  const dataDir = temporaryDirectory();
  await expect(startEmbeddedDynamodb({ table, dataDir, port })).rejects.toThrow(`Port ${port} on 127.0.0.1 is taken`);
  const second = await startEmbeddedDynamodb({ table, dataDir });
  await second.close();
});

it('survives clients that die while sending', async () => {
  const engine = await startEmbeddedDynamodb({ table });
  cleanups.push(() => engine.close());
  const { hostname, port } = new URL(engine.endpoint);
  await new Promise<void>((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf', () => socket.resetAndDestroy());
    });
    socket.on('close', () => resolve());
  });
  const { Table } = await clientOf(engine.endpoint).send(new DescribeTableCommand({ TableName }));
  expect(Table?.TableStatus).toBe('ACTIVE');
});

it('closes with connections open, also one that never sent anything', async () => {
  const engine = await startEmbeddedDynamodb({ table });
  await clientOf(engine.endpoint).send(new DescribeTableCommand({ TableName }));
  const { hostname, port } = new URL(engine.endpoint);
  const silent = connect(Number(port), hostname);
  const ended = new Promise<void>((resolve) => {
    silent.on('close', () => resolve());
  });
  await new Promise<void>((resolve) => {
    silent.on('connect', () => resolve());
  });
  await Promise.all([engine.close(), engine.close()]);
  await ended;
  expect(silent.destroyed).toBe(true);
});
