import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { createDynamoHealMarkers } from '#shared/access-token/heal-marker.dynamodb.ts';
import { healEvent, parseRefreshEvent } from '#shared/access-token/refresh-event.ts';
import { createTokenReader } from '#shared/access-token/token-reader.ts';
import { createDynamoTokenStore } from '#shared/access-token/token-store.dynamodb.ts';
import { createDynamoAccountStore } from '#shared/account/account-store.dynamodb.ts';
import { createSecretsManagerAppSecretStore } from '#shared/account/app-secret.secrets-manager.ts';
import { createAppSecretCache } from '#shared/account/app-secret.ts';
import type { CallAnswer } from '#shared/api-call/answer-shape.ts';
import { createCallerDirectory } from '#shared/caller/caller-directory.ts';
import { createCallerId, createCallerKey, recordOf } from '#shared/caller/caller-key.ts';
import { createDynamodbCallerStore } from '#shared/caller/caller-store.dynamodb.ts';
import { systemClock } from '#shared/clock.node.ts';
import type { Clock } from '#shared/clock.ts';
import { createLog } from '#shared/lambda/log.ts';
import { createMetrics } from '#shared/lambda/metrics.ts';
import { createTableInput } from '#shared/table/table-definition.dynamodb.ts';
import { createUpstream } from '#shared/wechat/upstream.ts';
import { createUndiciWechatApi } from '#shared/wechat/wechat-api.undici.ts';
import { createHandler as createCallHandler } from '../functions/call-wechat-api/create-handler.ts';
import { createHandler as createRefreshHandler } from '../functions/refresh-access-token/create-handler.ts';
import { startEmbeddedDynamodb } from '../infra/local/embedded-dynamodb.ts';
import { invokeFunction, type LocalFunction } from '../infra/local/local-function.ts';
import { startSecretsStandIn } from '../infra/local/secrets-stand-in.ts';
import { type SimulatedAccount, startSimulator } from './wechat-simulator/simulator.ts';

/** What a rig is made of; everything is real but AWS and WeChat. */
export interface RigSettings {
  readonly accounts: readonly (SimulatedAccount & { readonly mode?: 'stable' | 'classic' })[];
  /** The functions' clock and the simulator's; the system's by default. */
  readonly clock?: Clock;
  readonly pathPrefix?: string;
  /** In place of the simulator's. */
  readonly origins?: readonly string[];
}

/** A call as a test writes it. */
export interface RigCall {
  readonly method?: string;
  readonly path: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

const TABLE_NAME = 'wechat-gateway-test';
const SECRET_PREFIX = 'wechat-gateway/test/';
const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };
/** Generous where the product is strict: a thousand environments share one slow machine here. */
const PATIENT = { connectionTimeout: 30_000, requestTimeout: 60_000 };

/** One gateway with its own database engine, secrets and simulator, and as many environments as a test asks for. */
export type Rig = Awaited<ReturnType<typeof startRig>>;

/** Starts engines, adds the accounts and one caller that is granted everything on all of them. Close it after the test. */
export async function startRig({ accounts, clock = systemClock, pathPrefix = '', origins }: RigSettings) {
  const simulator = await startSimulator({ accounts: [...accounts], now: () => clock.now() });
  const dynamodb = await startEmbeddedDynamodb({ table: createTableInput(TABLE_NAME) });
  const secrets = await startSecretsStandIn({ clock });
  const upstreamOrigins = origins ?? [simulator.origin];
  const aws = { region: 'us-east-1', credentials: CREDENTIALS };
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line);
  const log = createLog(write);
  const metrics = createMetrics(write);
  const dynamodbClient = () => new DynamoDBClient({ ...aws, endpoint: dynamodb.endpoint, requestHandler: PATIENT });
  const secretsClient = () => new SecretsManagerClient({ ...aws, endpoint: secrets.endpoint, requestHandler: PATIENT });
  const upstream = () => createUpstream({ api: createUndiciWechatApi({ clock }), origins: upstreamOrigins, clock });

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
    };
    const handler = createRefreshHandler(dependencies);
    const local: LocalFunction = {
      name: 'refresh-access-token',
      timeoutMs: 58_000,
      handler: (event, context) => handler(event, context),
    };
    return { dependencies, invoke: (event: unknown) => answerOf<{ outcome?: string }>(local, event) };
  };

  let refreshInvocations = 0;

  /** A cold environment of `call-wechat-api`: shares nothing with any other but the engines. Its heals run in a refresh environment of their own. */
  const callEnvironment = () => {
    const client = dynamodbClient();
    const tokens = createDynamoTokenStore(client, TABLE_NAME);
    const refresher = refreshEnvironment();
    const handler = createCallHandler({
      clock,
      random: Math.random,
      log,
      metrics,
      tokens,
      pathPrefix,
      markers: createDynamoHealMarkers(client, TABLE_NAME),
      upstream: upstream(),
      callers: createCallerDirectory({
        store: createDynamodbCallerStore(client, TABLE_NAME),
        clock,
        onStale: () => undefined,
      }),
      reader: createTokenReader({ tokens, clock, random: Math.random, onStale: () => undefined }),
      onInvokeError: (account, error) => log('ERROR', { event: 'refresh-not-run', account, error }),
      invoker: {
        invoke: async (appId, fingerprint) => {
          refreshInvocations += 1;
          parseRefreshEvent(healEvent(appId, fingerprint));
          await refresher.invoke(healEvent(appId, fingerprint));
        },
      },
    });
    const local: LocalFunction = {
      name: 'call-wechat-api',
      timeoutMs: 120_000,
      handler: (event, context) => handler(event as APIGatewayProxyEventV2, context as never),
    };
    return {
      call: async (call: RigCall) => decoded(await answerOf<CallAnswer>(local, eventOf(call, callerKey))),
      handler,
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
  }
  const callers = createDynamodbCallerStore(dynamodbClient(), TABLE_NAME);
  const callerId = createCallerId();
  const callerKey = createCallerKey(callerId);
  await callers.put({
    id: callerId,
    name: 'test',
    disabled: false,
    keys: [recordOf(callerKey, clock.now())],
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
    refreshInvocations: () => refreshInvocations,
    refreshEnvironment,
    callEnvironment,
    close: async () => {
      await Promise.all([simulator.close(), dynamodb.close(), secrets.close()]);
    },
  };
}

async function answerOf<Answer>(local: LocalFunction, event: unknown): Promise<Answer> {
  const outcome = await invokeFunction(local, event);
  if (outcome.kind !== 'answered') throw outcome.error;
  // Each function answers with its own type, and this is the only place that loses it.
  return outcome.answer as Answer;
}

/** An HTTP API event as API Gateway sends it (payload format 2.0), with the caller's key unless the call brings its own credential. */
export function eventOf(
  { method = 'GET', path, query = '', headers = {}, body }: RigCall,
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
    },
    isBase64Encoded: bytes !== undefined,
    ...(bytes && { body: bytes.toString('base64') }),
  };
}

function decoded(answer: CallAnswer) {
  const bytes = Buffer.from(answer.body, answer.isBase64Encoded ? 'base64' : 'utf8');
  return {
    ...answer,
    bytes,
    text: bytes.toString('utf8'),
    json: () => JSON.parse(bytes.toString('utf8')) as Record<string, unknown>,
  };
}
