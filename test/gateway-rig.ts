import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { createDynamoHealMarkers } from '#shared/access-token/heal-marker.dynamodb.ts';
import { healEvent, parseRefreshEvent } from '#shared/access-token/refresh-event.ts';
import { createTokenReader } from '#shared/access-token/token-reader.ts';
import { createDynamoTokenStore } from '#shared/access-token/token-store.dynamodb.ts';
import { createDynamoAccountStore } from '#shared/account/account-store.dynamodb.ts';
import { createSecretsManagerAppSecretStore } from '#shared/account/app-secret.secrets-manager.ts';
import { createAppSecretCache } from '#shared/account/app-secret.ts';
import { createDynamoClearQuotaAllowances } from '#shared/account/clear-quota-allowance.dynamodb.ts';
import type { CallAnswer } from '#shared/api-call/answer-shape.ts';
import type { Doors } from '#shared/api-call/doors.ts';
import { comparablePath } from '#shared/api-call/path.ts';
import type { AppSecretAnswer } from '#shared/app-secret-call/app-secret-answer.ts';
import type { AppSecretCaller } from '#shared/app-secret-call/app-secret-caller.ts';
import { createCallerDirectory } from '#shared/caller/caller-directory.ts';
import { createCallerId, createCallerKey, recordOf } from '#shared/caller/caller-key.ts';
import { createDynamoCallerStore } from '#shared/caller/caller-store.dynamodb.ts';
import { createDynamoKeyUseStore } from '#shared/caller/key-use.dynamodb.ts';
import { createKeyUseRecorder } from '#shared/caller/key-use.ts';
import { createDynamoLimitStore } from '#shared/caller/limit-store.dynamodb.ts';
import { createCallLimiter } from '#shared/caller/limiter.ts';
import { createRoleDirectory } from '#shared/caller/role-directory.ts';
import { createDynamoRoleStore } from '#shared/caller/role-store.dynamodb.ts';
import { createSealingKey } from '#shared/caller/user-token.ts';
import { systemClock } from '#shared/clock.node.ts';
import type { Clock } from '#shared/clock.ts';
import { systemNameResolver } from '#shared/diagnosis/name-resolver.node.ts';
import { createLog } from '#shared/lambda/log.ts';
import { createMetrics } from '#shared/lambda/metrics.ts';
import { createReport } from '#shared/lambda/report.ts';
import { createCountingParts } from '#shared/quota/counting-parts.ts';
import { createDynamoLearntQuotaStore } from '#shared/quota/learnt-quotas.dynamodb.ts';
import type { QuotaAnswer } from '#shared/quota/quota-answer.ts';
import { quotaEvent } from '#shared/quota/quota-request.ts';
import type { Announcer } from '#shared/server-ips/announcement.ts';
import type { Firewall } from '#shared/server-ips/firewall.ts';
import { createDynamoServerIpsStore } from '#shared/server-ips/server-ips-store.dynamodb.ts';
import type { SyncAnswer } from '#shared/server-ips/sync-answer.ts';
import { readTogether } from '#shared/table/read-together.dynamodb.ts';
import { createTicketReader } from '#shared/ticket/ticket-reader.ts';
import { createDynamoTicketStore } from '#shared/ticket/ticket-store.dynamodb.ts';
import { createDynamoUsageStore } from '#shared/usage/usage-store.dynamodb.ts';
import { reportAttempts } from '#shared/wechat/report-attempts.ts';
import { type AheadUpstream, createUpstream, type Upstream } from '#shared/wechat/upstream.ts';
import { createUndiciWechatApi } from '#shared/wechat/wechat-api.undici.ts';
import { createHandler as createCallHandler } from '../functions/call-wechat-api/create-handler.ts';
import { createHandler as createAppSecretHandler } from '../functions/call-with-app-secret/create-handler.ts';
import { createHandler as createRefreshHandler } from '../functions/refresh-access-token/create-handler.ts';
import { createHandler as createQuotasHandler } from '../functions/sync-quotas/create-handler.ts';
import { createHandler as createSyncHandler } from '../functions/sync-server-ips/create-handler.ts';
import { invokeFunction, type LocalFunction } from '../infra/local/local-function.ts';
import type { LoopbackServer } from '../infra/local/loopback-server.ts';
import { startSecretsStandIn } from '../infra/local/secrets-stand-in.ts';
import { type Canary, createCanary } from './canary.ts';
import { PROJECT_ENGINE } from './dynamodb-engine.ts';
import {
  type SimulatedAccount,
  type Simulator,
  type SimulatorSettings,
  startSimulator,
} from './wechat-simulator/simulator.ts';

/** What a rig is made of; everything is real but AWS and WeChat. */
export interface RigSettings {
  readonly accounts: readonly (SimulatedAccount & { readonly mode?: 'stable' | 'classic' })[];
  /** The functions' clock and the simulator's; the system's by default. */
  readonly clock?: Clock;
  readonly pathPrefix?: string;
  /** Both by default. */
  readonly doors?: Doors;
  /** In place of the simulator's; a function is given that. */
  readonly origins?: readonly string[] | ((simulatorOrigin: string) => readonly string[]);
  /** An engine that has a table named {@link TABLE_NAME}, in place of a new one of the project's. The rig closes it. */
  readonly dynamodb?: LoopbackServer;
  /** How often a request to the table is tried; by default as often as the SDK likes. */
  readonly tableAttempts?: number;
  /** How the simulator treats idle connections. */
  readonly connections?: Pick<SimulatorSettings, 'keepAliveTimeoutMs' | 'resetIdleAfterMs'>;
}

/** What one environment has in place of the real part. */
export interface CallEnvironmentParts {
  readonly upstream?: Upstream;
  readonly appSecretCaller?: AppSecretCaller;
  /** Runs `refresh-access-token` elsewhere than in an environment of its own in this process. */
  readonly runRefresh?: (event: unknown) => Promise<unknown>;
}

/** Whom one environment of `sync-server-ips` tells, and what it fills: nobody and nothing by default. */
export interface SyncEnvironmentParts {
  readonly announcers?: readonly Announcer[];
  readonly firewalls?: readonly Firewall[];
}

/** A call as a test writes it. */
export interface RigCall {
  readonly method?: string;
  readonly path: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** The `userId` of the IAM identity that signed, as API Gateway hands it over. */
  readonly signedBy?: string;
}

/** The table's name in every rig. */
export const TABLE_NAME = 'wechat-gateway-test';
const SECRET_PREFIX = 'wechat-gateway/test/';
const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };
const LONGEST_EXCERPT = 120;
/** The answers that are made to hold a secret. */
const ALLOWED_IN = [
  ['/gateway/token', 'access token'],
  ['/cgi-bin/ticket/getticket', 'ticket'],
] as const;
const SHORTEST_TOKEN = 64;
/** `wxg_`, 12 characters of key id, `_`, 43 of secret. */
const SECRET_PART = { start: 17, end: 60 };
/** Generous where the product is strict: a thousand environments share one slow machine here. */
const PATIENT = { connectionTimeout: 30_000, requestTimeout: 60_000 };

/** One gateway with its own database engine, secrets and simulator, and as many environments as a test asks for. */
export type Rig = Awaited<ReturnType<typeof startRig>>;

/**
 * Starts engines, adds the accounts and one caller that is granted everything on all of them. Close it after the test: closing fails when an
 * app secret, an access token, a ticket or the caller key was in any log line, metric, answer or error, but for the token in
 * `GET /gateway/token` and the ticket in `GET /cgi-bin/ticket/getticket`.
 */
export async function startRig(settings: RigSettings) {
  const {
    accounts,
    clock = systemClock,
    pathPrefix = '',
    doors = 'both',
    origins,
    connections,
    tableAttempts,
  } = settings;
  const simulator = await startSimulator({ ...connections, accounts: [...accounts], now: () => clock.now() });
  const dynamodb = settings.dynamodb ?? (await PROJECT_ENGINE.start(TABLE_NAME));
  const secrets = await startSecretsStandIn({ clock });
  const upstreamOrigins = typeof origins === 'function' ? origins(simulator.origin) : (origins ?? [simulator.origin]);
  const aws = { region: 'us-east-1', credentials: CREDENTIALS };
  const lines: string[] = [];
  const canary = createCanary();
  const write = (text: string): void => {
    for (const line of text.match(/[^\n]*\n/g) ?? []) {
      lines.push(line);
      canary.saw(`log or metric ${line.slice(0, LONGEST_EXCERPT)}`, line);
    }
  };
  const markTokens = (): void => {
    for (const { appId } of accounts) markCurrentTokens(canary, simulator, appId);
  };
  const log = createLog(write);
  const metrics = createMetrics({ write, stage: 'test', clock });
  const attempts = tableAttempts === undefined ? {} : { maxAttempts: tableAttempts };
  const dynamodbClient = () =>
    new DynamoDBClient({ ...aws, ...attempts, endpoint: dynamodb.endpoint, requestHandler: PATIENT });
  const secretsClient = () => new SecretsManagerClient({ ...aws, endpoint: secrets.endpoint, requestHandler: PATIENT });
  const upstream = () => {
    const api = reportAttempts(createUndiciWechatApi({ clock }), { log, metrics });
    return markingTickets(canary, createUpstream({ api, origins: upstreamOrigins, clock }));
  };

  /** A cold environment of `refresh-access-token`: shares nothing with any other but the engines. */
  const refreshEnvironment = (name = 'refresher') => {
    const client = dynamodbClient();
    const dependencies = {
      clock,
      random: Math.random,
      holder: name,
      accounts: createDynamoAccountStore(client, TABLE_NAME),
      tokens: createDynamoTokenStore(client, TABLE_NAME),
      secrets: createAppSecretCache(createSecretsManagerAppSecretStore(secretsClient(), SECRET_PREFIX), clock),
      upstream: upstream(),
      log,
      metrics,
      examining: {
        openApi: () => createUndiciWechatApi({ clock }),
        origins: upstreamOrigins,
        resolveName: systemNameResolver,
      },
    };
    const handler = createRefreshHandler(dependencies);
    const local: LocalFunction = {
      name: 'refresh-access-token',
      timeoutMs: 58_000,
      async handler(event, context) {
        try {
          const answer = await handler(event, context);
          canary.saw('answer of refresh-access-token', JSON.stringify(answer));
          return answer;
        } catch (error) {
          canary.sawError('error of refresh-access-token', error);
          throw error;
        } finally {
          markTokens();
        }
      },
    };
    return { dependencies, invoke: (event: unknown) => answerOf<{ outcome?: string }>(local, event) };
  };

  /** A cold environment of `call-with-app-secret`, likewise. Its answers stay between the functions: they may hold users' tokens. */
  const appSecretEnvironment = () => {
    const store = createSecretsManagerAppSecretStore(secretsClient(), SECRET_PREFIX);
    const handler = createAppSecretHandler({
      clock,
      log,
      metrics,
      secrets: createAppSecretCache(store, clock),
      upstream: upstream(),
    });
    const local: LocalFunction = {
      name: 'call-with-app-secret',
      timeoutMs: 120_000,
      async handler(event, context) {
        try {
          const answer = await handler(event, context);
          canary.saw('answer of call-with-app-secret', JSON.stringify(answer), 'access token');
          return answer;
        } catch (error) {
          canary.sawError('error of call-with-app-secret', error);
          throw error;
        }
      },
    };
    return { local, invoke: (event: unknown) => answerOf<AppSecretAnswer>(local, event) };
  };

  let refreshInvocations = 0;

  /** How the functions that run by schedule call WeChat for an account. Their heals run in a refresh environment of their own. */
  const accountCalls = (client: DynamoDBClient) => {
    const tokens = createDynamoTokenStore(client, TABLE_NAME);
    const refresher = refreshEnvironment();
    return {
      clock,
      random: Math.random,
      log,
      tokens,
      upstream: upstream(),
      markers: createDynamoHealMarkers(client, TABLE_NAME),
      invoker: {
        invoke: async (appId: string, fingerprint: string | undefined) =>
          void (await refresher.invoke(healEvent(appId, fingerprint))),
      },
      reader: createTokenReader({ tokens, clock, random: Math.random, onStale: () => undefined }),
      onInvokeError: (account: string, error: unknown) => log('ERROR', { event: 'refresh-not-run', account, error }),
    };
  };
  const scheduled = (name: string, handler: LocalFunction['handler']): LocalFunction => ({
    name,
    timeoutMs: 300_000,
    async handler(event, context) {
      markTokens();
      const answer = await handler(event, context);
      canary.saw(`answer of ${name}`, JSON.stringify(answer));
      return answer;
    },
  });

  /** A cold environment of `sync-server-ips`, likewise. */
  const syncEnvironment = ({ announcers = [], firewalls = [] }: SyncEnvironmentParts = {}) => {
    const client = dynamodbClient();
    const handler = createSyncHandler({
      ...accountCalls(client),
      metrics,
      stage: 'test',
      announcers,
      firewalls,
      serverIps: createDynamoServerIpsStore(client, TABLE_NAME),
    });
    const local = scheduled('sync-server-ips', handler);
    return { invoke: (event: unknown = {}) => answerOf<SyncAnswer>(local, event) };
  };

  /** A cold environment of `sync-quotas`, likewise. Its calls with the app secret run in an environment of their own. */
  const quotasEnvironment = () => {
    const client = dynamodbClient();
    const handler = createQuotasHandler({
      ...accountCalls(client),
      usageStore: createDynamoUsageStore(client, TABLE_NAME),
      learntQuotas: createDynamoLearntQuotaStore(client, TABLE_NAME),
      clearQuotaAllowances: createDynamoClearQuotaAllowances(client, TABLE_NAME),
      onClearNotNoted: (account, error) => log('WARN', { event: 'quota-clear-not-noted', account, error }),
      appSecretCaller: { call: appSecretEnvironment().invoke },
    });
    const local = scheduled('sync-quotas', handler);
    return { invoke: (event: unknown = {}) => answerOf<QuotaAnswer>(local, event) };
  };

  /** A cold environment of `call-wechat-api`: shares nothing with any other but the engines. Its heals run in a refresh environment of their own. */
  const callEnvironment = (parts: CallEnvironmentParts = {}) => {
    const client = readTogether(dynamodbClient());
    const tokens = createDynamoTokenStore(client, TABLE_NAME);
    const tickets = createDynamoTicketStore(client, TABLE_NAME);
    const refresher = refreshEnvironment();
    const appSecretEnvironmentOfIt = appSecretEnvironment();
    const handler = createCallHandler({
      clock,
      random: Math.random,
      report: createReport({ write, stage: 'test', clock }),
      tokens,
      pathPrefix,
      doors,
      roles: createRoleDirectory({
        store: createDynamoRoleStore(client, TABLE_NAME),
        clock,
        onStale: () => undefined,
      }),
      serverIps: createDynamoServerIpsStore(client, TABLE_NAME),
      markers: createDynamoHealMarkers(client, TABLE_NAME),
      appSecretCaller: parts.appSecretCaller ?? { call: appSecretEnvironmentOfIt.invoke },
      clearQuotaAllowances: createDynamoClearQuotaAllowances(client, TABLE_NAME),
      onClearNotNoted: (account, error) => log('WARN', { event: 'quota-clear-not-noted', account, error }),
      upstream: { connectAhead: () => undefined, ...(parts.upstream ?? upstream()) },
      callers: createCallerDirectory({
        store: createDynamoCallerStore(client, TABLE_NAME),
        clock,
        onStale: () => undefined,
      }),
      limiter: createCallLimiter({ store: createDynamoLimitStore(client, TABLE_NAME), clock }),
      ...createCountingParts({
        accounts: createDynamoAccountStore(client, TABLE_NAME),
        learntQuotas: createDynamoLearntQuotaStore(client, TABLE_NAME),
        usageStore: createDynamoUsageStore(client, TABLE_NAME),
        // On AWS an asynchronous invocation: here it has ended when the call has.
        quotaLearner: {
          learn: async (appId, endpoint) =>
            void (await quotasEnvironment().invoke(quotaEvent({ kind: 'learn', appId, endpoint }))),
        },
        clock,
        random: Math.random,
        newName: randomUUID,
        metrics,
        log,
      }),
      keyUse: createKeyUseRecorder({
        store: createDynamoKeyUseStore(client, TABLE_NAME),
        clock,
        onError: (keyId, error) => log('WARN', { event: 'key-use-not-noted', keyId, error }),
      }),
      reader: createTokenReader({ tokens, clock, random: Math.random, onStale: () => undefined }),
      tickets,
      ticketReader: createTicketReader({ tickets, clock, random: Math.random, onStale: () => undefined }),
      onTicketFailure: ({ appId }, { cause, refused }) =>
        log('WARN', { event: 'ticket-not-renewed', account: appId, failureCause: cause, errcode: refused?.errcode }),
      onInvokeError: (account, error) => log('ERROR', { event: 'refresh-not-run', account, error }),
      invoker: {
        invoke: async (appId, fingerprint) => {
          refreshInvocations += 1;
          parseRefreshEvent(healEvent(appId, fingerprint));
          await (parts.runRefresh ?? refresher.invoke)(healEvent(appId, fingerprint));
        },
      },
    });
    const watched = async (event: unknown, context: Context): Promise<CallAnswer> => {
      markTokens();
      // The handler checks what it is given, and takes the contexts that middy adds to.
      const answer = await handler(event as APIGatewayProxyEventV2, context as never);
      const { rawPath = '' } = event as Partial<APIGatewayProxyEventV2>;
      const path = comparablePath(rawPath);
      const allowed = answer.statusCode === 200 ? ALLOWED_IN.find(([end]) => path.endsWith(end))?.[1] : undefined;
      canary.saw(`headers of the answer to ${rawPath.slice(0, LONGEST_EXCERPT)}`, JSON.stringify(answer.headers));
      canary.saw(`answer to ${rawPath.slice(0, LONGEST_EXCERPT)}`, bytesOf(answer), allowed);
      return answer;
    };
    const local: LocalFunction = { name: 'call-wechat-api', timeoutMs: 120_000, handler: watched };
    return {
      call: async (call: RigCall) => decoded(await answerOf<CallAnswer>(local, eventOf(call, callerKey))),
      handler: watched,
      /** For {@link startHttpAdapter}. */
      local,
    };
  };

  const setUp = refreshEnvironment('set-up').dependencies;
  const secretsManager = secretsClient();
  for (const { appId, appSecret, mode = 'stable', testAccount = false } of accounts) {
    await secretsManager.send(
      new CreateSecretCommand({ Name: `${SECRET_PREFIX}${appId}`, SecretString: JSON.stringify({ appSecret }) }),
    );
    await setUp.accounts.put({ appId, displayName: appId, mode, testAccount, addedAt: clock.now() });
    await setUp.tokens.add(appId, clock.now());
    canary.mark('app secret', appSecret);
  }
  const callers = createDynamoCallerStore(dynamodbClient(), TABLE_NAME);
  const callerId = createCallerId();
  const callerKey = createCallerKey(callerId);
  markCallerKey(canary, callerKey);
  await callers.put({
    id: callerId,
    name: 'test',
    disabled: false,
    keys: [recordOf(callerKey, clock.now())],
    sealingKey: createSealingKey(),
    grants: accounts.map(({ appId }) => ({ appId, allow: ['/*', 'token:read', 'rid:read'] })),
  });

  return {
    simulator,
    dynamodb,
    secrets,
    secretsManager,
    secretPrefix: SECRET_PREFIX,
    tokens: setUp.tokens,
    accounts: setUp.accounts,
    callers,
    callerId,
    callerKey,
    /** Every log line and metric line of every environment. */
    lines,
    canary,
    clock,
    dynamodbClient,
    tableName: TABLE_NAME,
    refreshInvocations: () => refreshInvocations,
    refreshEnvironment,
    appSecretEnvironment,
    callEnvironment,
    syncEnvironment,
    quotasEnvironment,
    close: async () => {
      markTokens();
      for (const { query } of simulator.log.entries) markToken(canary, query.get('access_token'));
      await Promise.all([simulator.close(), dynamodb.close(), secrets.close()]);
      const leaks = canary.leaks();
      if (leaks.length > 0) throw new Error(`secrets were let out:\n${[...new Set(leaks)].join('\n')}`);
    },
  };
}

function markCurrentTokens(canary: Canary, simulator: Simulator, appId: string): void {
  const account = simulator.account(appId);
  for (const mode of ['stable', 'classic'] as const) markToken(canary, account.currentToken(mode));
}

/** Tells the canary every ticket that WeChat hands out. */
function markingTickets(canary: Canary, upstream: AheadUpstream): AheadUpstream {
  return {
    ...upstream,
    async call(request, ...rest) {
      const answer = await upstream.call(request, ...rest);
      if (!request.path.endsWith('/getticket')) return answer;
      const ticket = /"ticket":"([^"]+)"/.exec(Buffer.from(answer.body).toString())?.[1];
      if (ticket !== undefined && ticket.length >= SHORTEST_TOKEN) canary.mark('ticket', ticket);
      return answer;
    },
  };
}

/** Short texts are no tokens: tests make them up. */
function markToken(canary: Canary, token: string | null | undefined): void {
  if (token && token.length >= SHORTEST_TOKEN) canary.mark('access token', token);
}

/** The whole key and its secret part; the key id between them may be logged. */
export function markCallerKey(canary: Canary, callerKey: string): void {
  canary.mark('caller key', callerKey);
  canary.mark('caller key', callerKey.slice(SECRET_PART.start, SECRET_PART.end));
}

async function answerOf<Answer>(local: LocalFunction, event: unknown): Promise<Answer> {
  const outcome = await invokeFunction(local, event);
  if (outcome.kind !== 'answered') throw outcome.error;
  // Each function answers with its own type, and this is the only place that loses it.
  return outcome.answer as Answer;
}

/** An HTTP API event as API Gateway sends it (payload format 2.0), with the caller's key unless the call brings its own credential. */
export function eventOf(
  { method = 'GET', path, query = '', headers = {}, body, signedBy }: RigCall,
  callerKey: string,
): APIGatewayProxyEventV2 {
  const bytes = body === undefined ? undefined : Buffer.from(body);
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: query,
    headers: { authorization: `Bearer ${callerKey}`, ...headers },
    requestContext: {
      accountId: 'anonymous',
      apiId: 'test',
      domainName: 'localhost',
      domainPrefix: 'localhost',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId: 'test',
      routeKey: '$default',
      stage: '$default',
      time: '',
      timeEpoch: 0,
      ...(signedBy !== undefined && { authorizer: { iam: { userId: signedBy, callerId: signedBy } } }),
    },
    isBase64Encoded: bytes !== undefined,
    ...(bytes && { body: bytes.toString('base64') }),
  };
}

function decoded(answer: CallAnswer) {
  const bytes = bytesOf(answer);
  return {
    ...answer,
    bytes,
    text: bytes.toString('utf8'),
    json: () => JSON.parse(bytes.toString('utf8')) as Record<string, unknown>,
  };
}

function bytesOf({ body, isBase64Encoded }: CallAnswer): Buffer {
  return Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
}
