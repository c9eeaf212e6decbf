import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type LoopbackServer, listenOnLoopback } from '../../infra/local/loopback-server.ts';
import { createCloudWatchAlarmReader } from '../../infra/operator/alarm-reader.cloudwatch.ts';

const NOW = Date.UTC(2026, 10, 20, 4);
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const seconds = (ms: number) => ms / 1_000;

interface Request {
  readonly target: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** An alarm in CloudWatch's JSON, and when its state changed. */
const alarm = (id: string, StateValue: string, changedAt: number) => ({
  AlarmName: `wechat-gateway-prod-${id}`,
  StateValue,
  StateReason: `Threshold Crossed: ${id}`,
  StateTransitionedTimestamp: seconds(changedAt),
});
/** A change of state as https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_AlarmHistoryItem.html has it. */
const change = (from: string, to: string, at: number) => ({
  HistoryItemType: 'StateUpdate',
  Timestamp: seconds(at),
  HistorySummary: `Alarm updated from ${from} to ${to}`,
  HistoryData: JSON.stringify({
    version: '1.0',
    oldState: { stateValue: from, stateReason: '' },
    newState: { stateValue: to, stateReason: '' },
  }),
});

const pages: readonly object[] = [
  { MetricAlarms: [alarm('on', 'ALARM', NOW - DAY_MS * 3)], NextToken: 'more' },
  {
    MetricAlarms: [
      alarm('went-off', 'OK', NOW - MINUTE_MS),
      alarm('first-data', 'OK', NOW - MINUTE_MS),
      alarm('went-off-long-ago', 'OK', NOW - 2 * DAY_MS),
      alarm('without-data', 'INSUFFICIENT_DATA', NOW - MINUTE_MS),
    ],
  },
];
const histories: Readonly<Record<string, readonly object[]>> = {
  'wechat-gateway-prod-went-off': [change('ALARM', 'OK', NOW - MINUTE_MS), change('OK', 'ALARM', NOW - 5 * MINUTE_MS)],
  'wechat-gateway-prod-first-data': [change('INSUFFICIENT_DATA', 'OK', NOW - MINUTE_MS)],
  'wechat-gateway-prod-without-data': [change('ALARM', 'INSUFFICIENT_DATA', NOW - MINUTE_MS), { HistoryData: 'odd' }],
};

/** What CloudWatch answers in its JSON protocol, which moto does not have for alarms' history. */
function answerOf({ target, input }: Request): object {
  if (target.endsWith('.DescribeAlarms')) return pages[input['NextToken'] === 'more' ? 1 : 0] ?? {};
  return { AlarmHistoryItems: histories[String(input['AlarmName'])] ?? [] };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  // What the client sends is the client's own shape; the tests look at it.
  const input = (await json(request)) as Request['input'];
  const asked = { target: String(request.headers['x-amz-target']), input };
  requests.push(asked);
  response.setHeader('content-type', 'application/x-amz-json-1.0').end(JSON.stringify(answerOf(asked)));
}

let server: LoopbackServer;
let requests: Request[] = [];
const before = { ...process.env };

beforeAll(async () => {
  server = await listenOnLoopback(
    createServer((request, response) => void answer(request, response)),
    0,
  );
  const credentials = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  // The reader makes its own client, as in the CLI.
  Object.assign(process.env, credentials, { AWS_ENDPOINT_URL_CLOUDWATCH: server.endpoint });
});
afterAll(async () => {
  process.env = before;
  await server.close();
});
beforeEach(() => {
  requests = [];
});

it('tells which alarms of a stage are on, and which went off since then and were not merely without data', async () => {
  expect(await createCloudWatchAlarmReader('prod').read(NOW - DAY_MS)).toEqual([
    { name: 'wechat-gateway-prod-on', state: 'on', since: NOW - 3 * DAY_MS, reason: 'Threshold Crossed: on' },
    {
      name: 'wechat-gateway-prod-went-off',
      state: 'off',
      since: NOW - MINUTE_MS,
      reason: 'Alarm updated from ALARM to OK',
    },
    {
      name: 'wechat-gateway-prod-without-data',
      state: 'off',
      since: NOW - MINUTE_MS,
      reason: 'Alarm updated from ALARM to INSUFFICIENT_DATA',
    },
  ]);
});

it('asks for the alarms of its stage, and for the history of no more than those that changed', async () => {
  await createCloudWatchAlarmReader('prod').read(NOW - DAY_MS);
  expect(requests[0]).toMatchObject({ input: { AlarmNamePrefix: 'wechat-gateway-prod-' } });
  const names = requests.flatMap(({ input }) => (typeof input['AlarmName'] === 'string' ? [input['AlarmName']] : []));
  expect(names.toSorted()).toEqual(Object.keys(histories).toSorted());
  expect(requests.at(-1)).toMatchObject({
    input: { StartDate: seconds(NOW - DAY_MS), HistoryItemType: 'StateUpdate' },
  });
});
