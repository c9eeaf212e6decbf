import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SocketServer, startSocketServer } from '../contract/socket-server.ts';
import { type GatewayOnSockets, startGatewayOnSockets } from '../gateway-on-sockets.ts';
import { type Rig, startRig } from '../gateway-rig.ts';
import { addCaller, simulatedAccount } from '../integration/callers.ts';
import type { LoggedRequest } from '../wechat-simulator/simulator.ts';
import { type HostileCall, hostileCalls } from './call-fuzz/hostile-call.ts';
import { type AskedCall, type SentCall, violationsOf } from './call-fuzz/violations.ts';

const RUNS = 3_000;
const ACCOUNT = simulatedAccount();
/** undici's own, beside what the gateway sends. */
const CONNECTION_HEADERS: ReadonlySet<string> = new Set(['host', 'connection', 'content-length']);

/** The bytes of a request. Line ends inside a value split it into headers of the caller's own: that is what a hostile client would do. */
function bytesOf({ method, path, query, headers, body }: HostileCall): Buffer {
  const target = query === '' ? path : `${path}?${query}`;
  const length = body === undefined ? [] : [['content-length', String(body.byteLength)]];
  const fields = [['host', 'gateway'], ...headers, ['connection', 'close'], ...length];
  const head = [`${method} ${target} HTTP/1.1`, ...fields.map(([name, value]) => `${name}: ${value}`), '', ''];
  return Buffer.concat([Buffer.from(head.join('\r\n'), 'latin1'), body ?? Buffer.alloc(0)]);
}

function askedBy(event: APIGatewayProxyEventV2): AskedCall {
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  const { rawPath, rawQueryString, requestContext } = event;
  return { method: requestContext.http.method, path: rawPath, query: rawQueryString, body };
}

/** What arrived at WeChat, read back from the wire. */
function sentAs({ method, url, headers, body, localPort }: LoggedRequest): SentCall {
  const [path = '', ...query] = url.split('?');
  const named = Object.entries(headers).filter(([name]) => !CONNECTION_HEADERS.has(name));
  const own = Object.fromEntries(named.map(([name, value]) => [name, String(value)]));
  // The judge looks whether the method is the one asked for.
  const known = method as 'GET' | 'POST';
  const request = {
    method: known,
    path,
    query: query.join('?'),
    headers: own,
    body: known === 'GET' ? undefined : body,
  };
  return { origin: `http://127.0.0.1:${localPort}`, request };
}

describe('hostile bytes on a socket', () => {
  let rig: Rig;
  let gateway: GatewayOnSockets;
  let forbidden: SocketServer;
  let callerKey = '';
  const events: APIGatewayProxyEventV2[] = [];

  beforeAll(async () => {
    rig = await startRig({ accounts: [ACCOUNT] });
    await rig.refreshEnvironment().invoke({});
    const allow = ['/cgi-bin/*', '/wxa/*', '/device/*'];
    const { authorization } = await addCaller(rig, { grants: [{ appId: ACCOUNT.appId, allow }] });
    callerKey = authorization.replace('Bearer ', '');
    const environment = rig.callEnvironment();
    const { local } = environment;
    // The adapter makes nothing but such events.
    const handler: typeof local.handler = (event, context) => {
      events.push(event as APIGatewayProxyEventV2);
      return local.handler(event, context);
    };
    gateway = await startGatewayOnSockets(rig, { ...environment, local: { ...local, handler } });
    forbidden = await startSocketServer((socket) => socket.destroy());
  });
  afterAll(async () => {
    await gateway.close();
    await forbidden.close();
    // Closing looks for secrets in every answer and log line of all these calls.
    await rig.close();
  });

  it('send to WeChat nothing but what was asked for, and to nobody else anything', async () => {
    const { log } = rig.simulator;
    const token = rig.simulator.account(ACCOUNT.appId).currentToken('stable') ?? '';
    const rules = { origin: rig.simulator.origin, token, callerKey };
    const forbiddenHost = new URL(forbidden.origin).host;
    let reached = 0;
    const property = fc.asyncProperty(
      hostileCalls({ callerKey, appId: ACCOUNT.appId, forbiddenHost }),
      async (call) => {
        log.clear();
        events.length = 0;
        await gateway.sendRaw(bytesOf(call));
        const asked = events.map(askedBy);
        expect(log.entries.length).toBeLessThanOrEqual(asked.length);
        // Split bytes can be two requests; what is sent must fit one of them.
        for (const sent of log.entries.map(sentAs)) {
          const violations = asked.map((one) => violationsOf(one, sent, rules));
          expect(violations.some((found) => found.length === 0) ? [] : violations).toEqual([]);
          expect(sent.origin).toBe(rules.origin);
        }
        for (const { headers } of log.entries) expect(headers.host).toBe(new URL(rules.origin).host);
        reached += log.entries.length;
      },
    );
    await fc.assert(property, { numRuns: RUNS });
    expect(reached).toBeGreaterThan(RUNS / 5);
    expect(forbidden.sockets).toHaveLength(0);
    expect(rig.refreshInvocations()).toBe(0);
  });
});
