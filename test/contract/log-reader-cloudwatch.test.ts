import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCloudWatchLogReader, filterPatternOf } from '../../infra/operator/log-reader.cloudwatch-logs.ts';
import type { LogReader } from '../../infra/operator/log-reader.ts';
import { hasMoto, type MotoServer, startMoto } from '../moto-server.ts';

const GROUPS = { 'call-wechat-api': '/aws/lambda/calls', 'refresh-access-token': '/aws/lambda/refreshes' } as const;
const NOW = Date.now();
const ENVIRONMENT = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };

const line = (fields: object): string => `${JSON.stringify(fields)}\n`;

describe.skipIf(!hasMoto)('the log reader on CloudWatch Logs (moto)', () => {
  let moto: MotoServer;
  let reader: LogReader;
  const before = { ...process.env };

  beforeAll(async () => {
    moto = await startMoto();
    // The reader makes its own client, as in the CLI.
    Object.assign(process.env, ENVIRONMENT, { AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: moto.endpoint });
    const client = new CloudWatchLogsClient();
    const put = async (
      logGroupName: string,
      logStreamName: string,
      logEvents: { timestamp: number; message: string }[],
    ) => {
      await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
      await client.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
    };
    for (const logGroupName of Object.values(GROUPS)) await client.send(new CreateLogGroupCommand({ logGroupName }));
    await put(GROUPS['call-wechat-api'], 'environment 1', [
      { timestamp: NOW - 7_200_000, message: line({ event: 'call', account: 'wx1', rid: 'old' }) },
      { timestamp: NOW - 3_000, message: line({ event: 'call', account: 'wx1', rid: 'a-b-c' }) },
    ]);
    await put(GROUPS['call-wechat-api'], 'environment 2', [
      { timestamp: NOW - 4_000, message: line({ event: 'call', account: 'wx2' }) },
    ]);
    await put(
      GROUPS['refresh-access-token'],
      'environment 1',
      [
        { timestamp: NOW - 5_000, message: line({ event: 'refresh', account: 'wx1' }) },
        { timestamp: NOW - 1_000, message: line({ _aws: {}, RefreshOverdue: 0 }) },
        { timestamp: NOW - 2_000, message: 'a warning of Node' },
      ].toSorted((one, other) => one.timestamp - other.timestamp),
    );
    reader = createCloudWatchLogReader(GROUPS);
  });
  afterAll(async () => {
    process.env = before;
    await moto.stop();
  });

  const ago = async (query: Parameters<LogReader['read']>[0]) =>
    (await reader.read(query)).map(({ at }) => (NOW - at) / 1000);
  const since = NOW - 60_000;

  it('reads every function and stream since a moment, the earliest first, and says which function it was', async () => {
    const entries = await reader.read({ since });
    expect(entries.map(({ at, functionName }) => [(NOW - at) / 1000, functionName])).toEqual([
      [5, 'refresh-access-token'],
      [4, 'call-wechat-api'],
      [3, 'call-wechat-api'],
      [2, 'refresh-access-token'],
      [1, 'refresh-access-token'],
    ]);
    expect(new Set(entries.map(({ id }) => id)).size).toBe(5);
    expect(entries[0]?.text).toBe('{"event":"refresh","account":"wx1"}');
  });

  it('reads what is wanted of it only', async () => {
    expect(await ago({ since: NOW - 86_400_000, account: 'wx1' })).toEqual([7_200, 5, 3]);
    expect(await ago({ since, rid: 'a-b-c' })).toEqual([3]);
    expect(await ago({ since, functionName: 'call-wechat-api' })).toEqual([4, 3]);
    expect(await ago({ since, metric: 'RefreshOverdue' })).toEqual([1]);
  });

  it('says so when the stack does not name the log of a function', async () => {
    await expect(reader.read({ since, functionName: 'sync-server-ips' })).rejects.toThrow(
      'The stack does not name the log of sync-server-ips: deploy it again with this version.',
    );
  });
});

// moto takes patterns of JSON for none at all, so they are held to the words of the user guide ("Filter pattern syntax for JSON log events").
it.each([
  [{}, undefined],
  [{ account: 'wx1' }, '{ ($.account = "wx1") }'],
  [{ account: 'wx1', rid: 'a-b-c' }, '{ ($.account = "wx1") && ($.rid = "a-b-c") }'],
  [{ metric: 'RefreshOverdue' }, '{ ($.RefreshOverdue >= 0) }'],
])('asks AWS to filter by %o', (query, pattern) => {
  expect(filterPatternOf({ since: 0, ...query })).toBe(pattern);
});
