import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
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
import { createMovableClock } from '../movable-clock.ts';

const SHOP = { appId: 'wxaaaaaaaaaaaaaaaa', appSecret: 'a1b2c3d4e5f60718293a4b5c6d7e8f9a' };
const NEWS = { appId: 'wxbbbbbbbbbbbbbbbb', appSecret: 'b1b2c3d4e5f60718293a4b5c6d7e8f9b' };
const REFRESH_LOGS = '/aws/lambda/refresh';
const CALL_LOGS = '/aws/lambda/call';
const SYNC_LOGS = '/aws/lambda/sync';
const ACCESS_LOGS = 'access';
const LOGGED_AT = Date.parse('2026-11-21T09:59:00.000Z');
const NOT_ALLOWED =
  '<ErrorResponse><Error><Code>AuthorizationError</Code><Message>not authorized to publish</Message></Error></ErrorResponse>';
const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** What FilterLogEvents is asked. */
interface LogQuestion {
  readonly logGroupName: string;
  readonly filterPattern: string;
  readonly startTime: number;
  readonly nextToken?: string;
}

/** CloudWatch Logs and SNS as far as the function uses them: lines by group, two a page; messages are kept. */
async function startAws(linesOf: (group: string) => readonly string[]) {
  const messages: { subject: string | null; text: string | null }[] = [];
  const asked: LogQuestion[] = [];
  const world = {
    logsAreAway: false,
    topicIsAway: false,
    /** What else there is to look through before the first line: so many pages without any. */
    emptyPages: 0,
    onPage: () => {},
  };

  const pageOf = ({ logGroupName, nextToken }: LogQuestion) => {
    const page = Number(nextToken ?? 0);
    const from = (page - world.emptyPages) * 2;
    const lines = linesOf(logGroupName);
    const events = lines.slice(Math.max(0, from), Math.max(0, from + 2));
    world.onPage();
    return {
      events: events.map((message) => ({ message, timestamp: LOGGED_AT })),
      ...(from + 2 < lines.length && { nextToken: String(page + 1) }),
    };
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<unknown> => {
    const body = await text(request);
    const isLogs = request.headers['x-amz-target'] !== undefined;
    if (isLogs && world.logsAreAway) return response.writeHead(400).end('{"__type":"AccessDeniedException"}');
    if (!isLogs && world.topicIsAway) return response.writeHead(403).end(NOT_ALLOWED);
    if (isLogs) {
      const question = JSON.parse(body) as LogQuestion;
      asked.push(question);
      return response.end(JSON.stringify(pageOf(question)));
    }
    const form = new URLSearchParams(body);
    messages.push({ subject: form.get('Subject'), text: form.get('Message') });
    return response.end('<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>');
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
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
  const otherLines: Record<string, readonly string[]> = {};
  const clock = createMovableClock(LOGGED_AT);
  const names: Readonly<Record<string, string>> = { [SHOP.appId]: 'Shop 商店', [NEWS.appId]: 'News' };

  beforeAll(async () => {
    rig = await startRig({ accounts: [SHOP, NEWS] });
    aws = await startAws((group) => (group === REFRESH_LOGS ? rig.lines : (otherLines[group] ?? [])));
    const settings = { region: 'us-east-1', endpoint: aws.endpoint, credentials: CREDENTIALS, maxAttempts: 1 };
    const groups = new Map<LogSource, string>([
      ['refresh-access-token', REFRESH_LOGS],
      ['call-wechat-api', CALL_LOGS],
      ['sync-server-ips', SYNC_LOGS],
      ['api-access-log', ACCESS_LOGS],
    ]);
    handler = createHandler({
      stage: 'test',
      runbook: 'https://wiki.example/runbook',
      log: createLog((line) => void ownLines.push(line)),
      traces: createCloudWatchLogsTraceReader(new CloudWatchLogsClient(settings), groups, clock),
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

  it('tell of an invocation that AWS cut off, and of an error of the runtime, since when', async () => {
    const report = { time: '2026-11-21T09:59:00.000Z', type: 'platform.report', record: { status: 'timeout' } };
    const message = { errorType: 'RangeError', errorMessage: 'not for a notice', stackTrace: [] };
    const error = { timestamp: '2026-11-21T09:58:00.000Z', level: 'ERROR', message };
    otherLines[CALL_LOGS] = [JSON.stringify(report), JSON.stringify(error)];
    const [notice] = await tell(stateChange('call-wechat-api-errors', 'ALARM'));
    expect(notice?.text).toMatch(
      /what {5}the invocation ended with timeout\n {2}first {4}2026-11-21 09:59:00 UTC, once/,
    );
    expect(notice?.text).toMatch(/what {5}RangeError\n {2}first {4}2026-11-21 09:58:00 UTC/);
    expect(notice?.text).not.toContain('not for a notice');
  });

  it('tell what API Gateway answered, on a line of its own whatever callers ask for', async () => {
    const line = { requestId: 'r', path: `/x\r\nWhat to do: trust me\u2028${'y'.repeat(500)}`, status: '503' };
    otherLines[ACCESS_LOGS] = [JSON.stringify(line)];
    const [notice] = await tell(stateChange('api-5xx', 'ALARM'));
    expect(notice?.text).toMatch(/what {5}HTTP 503\n {2}first {4}2026-11-21 09:59:00 UTC/);
    expect(notice?.text).toMatch(/^ {2}example {2}path \/x {2}What to do: trust me y+$/m);
    expect(notice?.text?.length).toBeLessThan(700);
  });

  it.each([
    [
      'server-ips-not-synced',
      { event: 'server-ips-fetch', list: 'callback', account: NEWS.appId, cause: 'no-token\nWhat to do: nothing' },
      /Account wxb+ "News"\n {2}what {5}no-token What to do: nothing\n.*\n {2}example {2}list callback/,
    ],
    [
      'quota-nearly-used',
      { event: 'quota-nearly-used', account: SHOP.appId, path: '/cgi-bin/user/info', usedPercent: 90 },
      /what {5}quota-nearly-used\n.*\n {2}example {2}path \/cgi-bin\/user\/info, used % 90/,
    ],
  ])('tell of %s what the log line says, in the line of its own', async (id, line, told) => {
    otherLines[SYNC_LOGS] = [JSON.stringify(line)];
    otherLines[CALL_LOGS] = [JSON.stringify(line)];
    const [notice] = await tell(stateChange(id, 'ALARM'));
    expect(notice?.text).toMatch(told);
  });

  it('read on where a page has no line, which says nothing about the next', async () => {
    aws.world.emptyPages = 30;
    const [notice] = await tell(stateChange('egress-address-refused', 'ALARM')).finally(() => {
      aws.world.emptyPages = 0;
    });
    expect(notice?.text).toContain('errcode 40164');
    expect(notice?.text).not.toContain('Not all lines');
  });

  it('go out in time when the logs do not come to an end, and say so', async () => {
    aws.world.emptyPages = Infinity;
    aws.world.onPage = () => clock.set(clock.now() + 1_000);
    const [notice] = await tell(stateChange('egress-address-refused', 'ALARM')).finally(() => {
      aws.world.emptyPages = 0;
      aws.world.onPage = () => {};
    });
    expect(notice?.text).toContain('There is too much in the logs to find the cause in time');
  });

  it('ask for the names of the accounts that they name only', async () => {
    const lines = Array.from({ length: 500 }, (_, index) => ({
      event: 'call',
      fault: 'caller',
      account: `wx${String(index).padStart(16, '0')}`,
    }));
    otherLines[CALL_LOGS] = lines.map((line) => JSON.stringify(line));
    const before = ownLines.length;
    const [notice] = await tell(stateChange('callers-rejected', 'ALARM'));
    expect(notice?.text).toContain('... and 490 more.');
    expect(ownLines.slice(before).filter((line) => line.includes('account-not-read'))).toHaveLength(10);
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
    await expect(told).rejects.toThrow('not authorized to publish');
  });

  it.each([
    ['nothing', null],
    ['another event', { source: 'aws.ec2', detail: {} }],
    ['a time that is none', stateChange('refresh-overdue', 'ALARM', 'OK', 'now')],
  ])('are not made of %s', async (_, event) => {
    await expect(handler(event, {} as never)).rejects.toThrow('The event has no usable');
  });
});
