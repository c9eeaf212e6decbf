import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SyncAnswer } from '#shared/server-ips/sync-answer.ts';
import { syncServerIpsSettings } from '../../functions/sync-server-ips/settings.ts';
import { type LoopbackServer, listenOnLoopback } from '../../infra/local/loopback-server.ts';
import { PROJECT_ENGINE } from '../dynamodb-engine.ts';
import { type Rig, startRig, TABLE_NAME } from '../gateway-rig.ts';
import { addCaller, simulatedAccount } from './callers.ts';
import { startChild } from './processes/child.ts';
import { functionEnvironment } from './processes/function-environment.ts';

const account = simulatedAccount();
const MIB = 1_048_576;
const JSON_TYPE = 'application/x-amz-json-1.1';
const TWO_THOUSAND = Array.from({ length: 2_000 }, (_, n) => `101.${n >> 7}.${(2 * n) & 0xff}.0/24`);

describe('2,000 ranges', () => {
  let engine: LoopbackServer;
  let events: LoopbackServer;
  let rig: Rig;
  let operations: string[];
  let details: string[];
  beforeEach(async () => {
    operations = [];
    details = [];
    engine = await PROJECT_ENGINE.start(TABLE_NAME);
    rig = await startRig({ accounts: [account], dynamodb: await countingRelay(engine.endpoint, operations) });
    events = await listenOnLoopback(
      createServer((request, response) => {
        void text(request).then((body) => {
          details.push(body);
          return response.writeHead(200, { 'content-type': JSON_TYPE }).end('{"Entries":[{"EventId":"1"}]}');
        });
      }),
      0,
    );
    rig.simulator.setServerIps({ callback: TWO_THOUSAND, apiDomain: TWO_THOUSAND });
    await rig.refreshEnvironment().invoke({});
  });
  afterEach(async () => {
    await events.close();
    await rig.close();
    await engine.close();
  });

  /** The real entry in a process of its own, once. */
  const sync = async () => {
    const child = startChild<{ answer: SyncAnswer; maxRssBytes: number }>('./sync-server-ips.ts', {
      ...functionEnvironment(rig),
      [syncServerIpsSettings.stage.variable]: 'test',
      [syncServerIpsSettings.eventBusName.variable]: 'default',
      AWS_ENDPOINT_URL_EVENTBRIDGE: events.endpoint,
    });
    const message = await child.message;
    await child.exited;
    return message;
  };

  it('are synced by the real function in under 256 MB, with one event each, and again without', async () => {
    const first = await sync();
    expect(first.answer.lists).toMatchObject([
      { outcome: 'changed', ranges: 2_000, added: 2_000, untold: 0 },
      { outcome: 'changed', ranges: 2_000, added: 2_000, untold: 0 },
    ]);
    const again = await sync();
    expect(again.answer.lists.map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged']);
    expect(details).toHaveLength(2);
    for (const { maxRssBytes } of [first, again]) expect(maxRssBytes / MIB).toBeLessThan(256);
  });

  it('are served in every form from one read', async () => {
    await rig.syncEnvironment().invoke({});
    const headers = await addCaller(rig, { grants: [{ appId: account.appId, allow: ['server-ips:read'] }] });
    const environment = rig.callEnvironment();
    for (const format of ['json', 'text', 'nginx']) {
      operations.length = 0;
      const query = `list=callback&format=${format}`;
      const answer = await environment.call({ path: '/gateway/server-ips', query, headers });
      expect(answer.statusCode).toBe(200);
      for (const range of TWO_THOUSAND) expect(answer.text).toContain(range);
      expect(operations.filter((operation) => operation.includes('IPS#'))).toEqual(['GetItem IPS#callback']);
      expect(operations.length).toBeLessThanOrEqual(2);
    }
  });
});

/** Passes everything on and notes each operation with the partition key that it names, if it names one. */
async function countingRelay(endpoint: string, operations: string[]): Promise<LoopbackServer> {
  const relay = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = Buffer.concat(await request.toArray());
    const [, operation = ''] = String(request.headers['x-amz-target']).split('.');
    operations.push(`${operation} ${/"pk":\{"S":"([^"]+)"/.exec(body.toString())?.[1] ?? ''}`.trim());
    const { method = 'POST', headers } = request;
    const forwarded = httpRequest(endpoint, { method, headers: { ...headers, 'content-length': body.length } });
    forwarded.end(body);
    // The event has exactly one argument.
    const [answer] = (await once(forwarded, 'response')) as [IncomingMessage];
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
  };
  const server = createServer((request, response) => void relay(request, response));
  return listenOnLoopback(server, 0);
}
