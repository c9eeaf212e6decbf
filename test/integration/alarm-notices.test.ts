import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Account } from '#shared/account/account.ts';
import type { LogSource } from '#shared/alarm/alarm.ts';
import { createSnsNoticeTopic } from '#shared/alarm/notice-topic.sns.ts';
import { createCloudWatchLogsTraceReader } from '#shared/alarm/trace-reader.cloudwatch-logs.ts';
import { createLog } from '#shared/lambda/log.ts';
import { createHandler } from '../../functions/send-alarm-notice/create-handler.ts';
import { type Rig, startRig } from '../gateway-rig.ts';

const SHOP = { appId: 'wxaaaaaaaaaaaaaaaa', appSecret: 'a1b2c3d4e5f60718293a4b5c6d7e8f9a' };
const NEWS = { appId: 'wxbbbbbbbbbbbbbbbb', appSecret: 'b1b2c3d4e5f60718293a4b5c6d7e8f9b' };
const REFRESH_LOGS = '/aws/lambda/refresh';
const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** CloudWatch Logs and SNS as far as the function uses them: lines by group, two a page; messages are kept. */
async function startAws(linesOf: (group: string) => readonly string[]) {
  const messages: { subject: string | null; text: string | null }[] = [];
  const asked: { logGroupName: string; filterPattern: string; startTime: number }[] = [];
  const world = { logsAreAway: false, topicIsAway: false };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const isLogs = request.headers['x-amz-target'] !== undefined;
    if (isLogs ? world.logsAreAway : world.topicIsAway) return response.writeHead(400).end('{"__type":"AccessDenied"}');
    if (!isLogs) {
      const form = new URLSearchParams(body);
      messages.push({ subject: form.get('Subject'), text: form.get('Message') });
      return response.end('<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>');
    }
    const input = JSON.parse(body) as (typeof asked)[number] & { nextToken?: string };
    asked.push(input);
    const from = Number(input.nextToken ?? 0);
    const lines = linesOf(input.logGroupName);
    const events = lines.slice(from, from + 2).map((message) => ({ message }));
    return response.end(JSON.stringify({ events, ...(from + 2 < lines.length && { nextToken: String(from + 2) }) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { endpoint, messages, asked, world, close: () => new Promise((resolve) => server.close(resolve)) };
}

const stateChange = (id: string, value: string, previous = 'OK', timestamp = new Date().toISOString()) => ({
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm State Change',
  detail: {
    alarmName: `wechat-gateway-test-${id}`,
    state: { value, timestamp, reason: 'Threshold Crossed: 1 datapoint [3.0] was greater than the threshold' },
    previousState: { value: previous },
  },
});

describe('notices of alarms', () => {
  let rig: Rig;
  let aws: Awaited<ReturnType<typeof startAws>>;
  let handler: ReturnType<typeof createHandler>;
  const ownLines: string[] = [];
  const names: Readonly<Record<string, string>> = { [SHOP.appId]: 'Shop 商店', [NEWS.appId]: 'News' };

  beforeAll(async () => {
    rig = await startRig({ accounts: [SHOP, NEWS] });
    aws = await startAws((group) => (group === REFRESH_LOGS ? rig.lines : []));
    const settings = { region: 'us-east-1', endpoint: aws.endpoint, credentials: CREDENTIALS, maxAttempts: 1 };
    const groups = new Map<LogSource, string>([
      ['refresh-access-token', REFRESH_LOGS],
      ['call-wechat-api', '/aws/lambda/call'],
    ]);
    handler = createHandler({
      stage: 'test',
      runbook: 'https://wiki.example/runbook',
      log: createLog((line) => void ownLines.push(line)),
      traces: createCloudWatchLogsTraceReader(new CloudWatchLogsClient(settings), groups),
      accounts: {
        get: async (appId): Promise<Account> => {
          const displayName = names[appId];
          if (displayName === undefined) throw new Error('the table is away');
          return { appId, displayName, mode: 'stable', testAccount: false, addedAt: 0 };
        },
      },
      topic: createSnsNoticeTopic(new SNSClient(settings), 'arn:aws:sns:us-east-1:123456789012:topic'),
    });
    rig.simulator.account(SHOP.appId).setAllowedIps(['203.0.113.9']);
    await rig.refreshEnvironment().invoke({ appId: SHOP.appId });
    await rig.refreshEnvironment().invoke({ appId: SHOP.appId, operatorRequest: 'operator' });
  });
  afterAll(async () => {
    await aws.close();
    await rig.close();
  });

  const tell = async (event: object) => {
    const before = aws.messages.length;
    await handler(event, {} as never);
    return aws.messages.slice(before);
  };

  it('name the account, what happened, since when, how often, an example and what to do', async () => {
    const [notice] = await tell(stateChange('egress-address-refused', 'ALARM'));
    expect(notice?.subject).toMatch(/^\[critical\] WeChat gateway test: WeChat refuses our address/);
    expect(notice?.text).toMatch(/^CRITICAL: WeChat refuses our address.*\nStage test, since \d{4}-\d\d-\d\d .* UTC\./);
    expect(notice?.text).toMatch(
      new RegExp(
        [
          `Account ${SHOP.appId} "Shop 商店"`,
          '  what     errcode 40164: invalid ip, not in the IP allow-list',
          '  first    .* UTC, 2 times up to .* UTC',
          '  example  rid [-0-9a-f]+, egress address 127\\.0\\.0\\.1.*',
          '  do now   Add the address in the text',
        ].join('\n'),
      ),
    );
    expect(notice?.text).toContain('https://wiki.example/runbook#egress-address-refused');
    expect(notice?.text).not.toContain(NEWS.appId);
  });

  it('look for the cause by the alarm’s own filter, from before its window on', async () => {
    const timestamp = '2026-11-21T10:00:00.000Z';
    await tell(stateChange('egress-address-refused', 'ALARM', 'OK', timestamp));
    const { filterPattern, startTime } = aws.asked.at(-1) ?? {};
    expect(filterPattern).toContain('$.errcode = 40164');
    expect(startTime).toBe(Date.parse(timestamp) - 300_000 - 300_000);
  });

  it('say when it is over', async () => {
    const [notice] = await tell(stateChange('egress-address-refused', 'OK', 'ALARM'));
    expect(notice?.subject).toMatch(/^\[over\] /);
    expect(notice?.text).toMatch(/^Over since /);
  });

  it('give CloudWatch’s own words where the logs say no more', async () => {
    const [notice] = await tell(stateChange('refresh-access-token-throttles', 'ALARM'));
    expect(notice?.text).toContain('CloudWatch: Threshold Crossed');
  });

  it.each([
    ['a change to missing data', stateChange('refresh-overdue', 'INSUFFICIENT_DATA')],
    ['a new alarm’s first OK', stateChange('refresh-overdue', 'OK', 'INSUFFICIENT_DATA')],
    ['an alarm of a stage whose name begins like this one', stateChange('two-refresh-overdue', 'ALARM')],
  ])('do not tell %s', async (_, event) => {
    expect(await tell(event)).toEqual([]);
  });

  it('go out when neither the logs nor the names can be read', async () => {
    aws.world.logsAreAway = true;
    const [notice] = await tell(stateChange('egress-address-refused', 'ALARM')).finally(() => {
      aws.world.logsAreAway = false;
    });
    expect(notice?.text).toContain('The logs could not be read');
    expect(ownLines.join('')).toContain('alarm-trace-not-read');
  });

  it('fail the invocation when the topic does not take them, so that Lambda tries again', async () => {
    aws.world.topicIsAway = true;
    const told = tell(stateChange('egress-address-refused', 'ALARM')).finally(() => {
      aws.world.topicIsAway = false;
    });
    await expect(told).rejects.toThrow();
  });

  it.each([
    ['nothing', null],
    ['another event', { source: 'aws.ec2', detail: {} }],
    ['a time that is none', stateChange('refresh-overdue', 'ALARM', 'OK', 'now')],
  ])('are not made of %s', async (_, event) => {
    await expect(handler(event, {} as never)).rejects.toThrow('The event has no usable');
  });
});
