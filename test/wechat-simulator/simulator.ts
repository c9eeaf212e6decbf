import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { Account, type SimulatedAccount } from './account.ts';
import { type AccountControls, accountControls } from './account-controls.ts';
import { Connections } from './connections.ts';
import { FaultQueue, type Faults } from './faults.ts';
import { Front } from './front.ts';
import { type MovableClock, movableClock } from './movable-clock.ts';
import { Platform } from './platform.ts';
import { RequestJournal, type RequestLog } from './request-log.ts';

export type { SimulatedAccount } from './account.ts';
export type { AccountControls } from './account-controls.ts';
export type { Fault, Faults } from './faults.ts';
export type { LoggedRequest, RequestLog } from './request-log.ts';

const BACKLOG = 4_096;

export interface SimulatorSettings {
  accounts: SimulatedAccount[];
  /** Epoch milliseconds; default: an own clock on top of `Date.now()` that `clock.advance` moves. */
  now?: () => number;
  /** Default 0: any free port. */
  port?: number;
  /** PEM texts; then the simulator speaks HTTPS. */
  tls?: { key: string; cert: string };
  /** How long an idle connection is kept; default: as node:http does, five seconds. */
  keepAliveTimeoutMs?: number;
  /** An idle connection ends with RST after so long, and not by keepAliveTimeoutMs. Default: never. */
  resetIdleAfterMs?: number;
}

/** WeChat's documented behaviour as a server on 127.0.0.1. */
export interface Simulator {
  /** `http://127.0.0.1:PORT`, or `https://...` with TLS. */
  readonly origin: string;
  readonly clock: MovableClock;
  readonly faults: Faults;
  readonly log: RequestLog;
  /** Throws for an app ID that is not in the settings. */
  account(appId: string): AccountControls;
  /** What getcallbackip and get_api_domain_ip answer; a list that is left out stays. */
  setServerIps(lists: { callback?: string[]; apiDomain?: string[] }): void;
  /** Destroys open connections and frees the port. May be called again. */
  close(): Promise<void>;
}

/** Starts a simulator with state of its own. Rejects when the port is taken. */
export async function startSimulator(settings: SimulatorSettings): Promise<Simulator> {
  const clock = movableClock(settings.now);
  const now = () => clock.now();
  const accounts = settings.accounts.map((account) => new Account(account, now));
  const platform = new Platform(accounts, now);
  const faults = new FaultQueue();
  const log = new RequestJournal();
  const connections = new Connections(settings.resetIdleAfterMs);
  const server = serverFor(settings, new Front(platform, faults, log, connections), connections);
  const origin = await listen(server, settings);
  return {
    origin,
    clock,
    faults,
    log,
    account: (appId) => accountControls(accountNamed(platform, appId), now),
    setServerIps(lists) {
      platform.callbackIps = lists.callback ?? platform.callbackIps;
      platform.apiDomainIps = lists.apiDomain ?? platform.apiDomainIps;
    },
    close: () => close(server, connections),
  };
}

function serverFor(settings: SimulatorSettings, front: Front, connections: Connections): Server {
  const server = settings.tls ? createHttpsServer(settings.tls) : createHttpServer();
  const receive = (request: IncomingMessage, response: ServerResponse) => {
    connections.busy(request.socket);
    response.once('close', () => connections.idle(request.socket));
    front.receive(request, response).catch((error: unknown) => giveUp(error, request, response));
  };
  for (const event of ['request', 'checkContinue', 'checkExpectation']) server.on(event, receive);
  server.on('connection', (socket) => connections.add(socket));
  if (settings.keepAliveTimeoutMs !== undefined) server.keepAliveTimeout = settings.keepAliveTimeoutMs;
  if (settings.resetIdleAfterMs !== undefined) server.keepAliveTimeout = 0;
  return server;
}

/** A client that left before its request was whole needs no answer. Anything else is a fault of ours: say so, loudly. */
function giveUp(error: unknown, request: IncomingMessage, response: ServerResponse): void {
  if (!request.complete || response.headersSent) return void response.destroy();
  response.writeHead(500, { 'content-type': 'text/plain' });
  response.end(`the simulator itself failed: ${error instanceof Error ? error.stack : String(error)}`);
}

async function listen(server: Server, settings: SimulatorSettings): Promise<string> {
  server.listen({ host: '127.0.0.1', port: settings.port ?? 0, backlog: BACKLOG });
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return `${settings.tls ? 'https' : 'http'}://127.0.0.1:${port}`;
}

function accountNamed(platform: Platform, appId: string): Account {
  const account = platform.accounts.get(appId);
  if (!account) throw new Error(`the simulator has no account ${appId}; add it to the settings' accounts`);
  return account;
}

async function close(server: Server, connections: Connections): Promise<void> {
  const closed = server.listening ? once(server, 'close') : undefined;
  server.close();
  connections.destroyAll();
  await closed;
}
