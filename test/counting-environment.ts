import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { TokenState } from '#shared/access-token/token-state.ts';
import { createDynamoAccountStore } from '#shared/account/account-store.dynamodb.ts';
import type { Caller } from '#shared/caller/caller.ts';
import { createCallerId, createCallerKey, recordOf } from '#shared/caller/caller-key.ts';
import { createDynamoKeyUseStore } from '#shared/caller/key-use.dynamodb.ts';
import { createKeyUseRecorder } from '#shared/caller/key-use.ts';
import { createDynamoLimitStore } from '#shared/caller/limit-store.dynamodb.ts';
import { createCallLimiter } from '#shared/caller/limiter.ts';
import { createCountingParts } from '#shared/quota/counting-parts.ts';
import { createDynamoLearntQuotaStore } from '#shared/quota/learnt-quotas.dynamodb.ts';
import { createDynamoUsageStore } from '#shared/usage/usage-store.dynamodb.ts';
import type { Upstream } from '#shared/wechat/upstream.ts';
import { createHandler } from '../functions/call-wechat-api/create-handler.ts';
import { eventOf, type RigCall } from './gateway-rig.ts';
import type { MovableClock } from './movable-clock.ts';
import { tokenIssuedAt, tokenState } from './unit/token-states.ts';
import { unreachableParts } from './unreachable-parts.ts';

const TOKEN = `99_${'tOkEn-'.repeat(22)}`;
const DAY_MS = 86_400_000;

/** What {@link createCountingEnvironment} is made of. */
export interface CountingEnvironmentParts {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly clock: MovableClock;
  readonly callers: readonly CountedCaller[];
  readonly upstream: Upstream;
}

/** A caller and the key that it calls with. */
export interface CountedCaller {
  readonly caller: Caller;
  readonly key: string;
}

/** A caller with one grant; nobody stores it. */
export function countedCaller(appId: string, changes: Partial<Caller> = {}): CountedCaller {
  const id = createCallerId();
  const key = createCallerKey(id);
  const grants = [{ appId, allow: ['/*'] }];
  const keys = [recordOf(key, 0)];
  return {
    key,
    caller: { id, name: 'counted', disabled: false, keys, sealingKey: '0'.repeat(64), grants, ...changes },
  };
}

let random = 0;
const unreachable = () => Promise.reject(new Error('a counted call got further than it may'));

/**
 * A cold environment of `call-wechat-api`, quick enough for hundreds of thousands of calls: the whole handler with everything that counts and limits on a
 * real table. Callers and tokens are in memory, and the upstream is the test's.
 */
export function createCountingEnvironment(parts: CountingEnvironmentParts) {
  const { client, tableName, clock, callers, upstream } = parts;
  const byId = new Map(callers.map(({ caller }) => [caller.id, caller]));
  const metrics: Readonly<Record<string, number>>[] = [];
  const handler = createHandler({
    ...unreachableParts(unreachable),
    clock,
    // Not the same in any two environments, and the same in every run.
    random: () => (random = (random * 16_807 + 11) % 1_009) / 1_009,
    pathPrefix: '',
    doors: 'both',
    callers: { find: async (id) => byId.get(id) },
    reader: { get: async (appId) => storedToken(appId, clock.now()), reread: unreachable },
    limiter: createCallLimiter({ store: createDynamoLimitStore(client, tableName), clock }),
    ...createCountingParts({
      accounts: createDynamoAccountStore(client, tableName),
      learntQuotas: createDynamoLearntQuotaStore(client, tableName),
      usageStore: createDynamoUsageStore(client, tableName),
      // WeChat is asked by another function.
      quotaLearner: { learn: async () => undefined },
      clock,
      random: () => 0.5,
      newName: () => crypto.randomUUID(),
      metrics: (values) => void metrics.push(values),
      log: () => undefined,
    }),
    keyUse: createKeyUseRecorder({
      store: createDynamoKeyUseStore(client, tableName),
      clock,
      onError: () => undefined,
    }),
    upstream: { connectAhead: () => undefined, ...upstream },
    report: (_level, _record, values) => void metrics.push(values),
  });
  return {
    /** Every measurement so far. */
    metrics,
    /** What the answer says, errcode 0 when it says nothing of an error. */
    async call(call: RigCall, key: string) {
      // The handler reads of the context only how long it has.
      const context = { getRemainingTimeInMillis: () => 29_000 } as never;
      const event: APIGatewayProxyEventV2 = eventOf(call, key);
      const { statusCode, headers, body, isBase64Encoded } = await handler(event, context);
      const text = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8').toString();
      const json = JSON.parse(text) as { readonly errcode?: number; readonly errmsg?: string };
      return { statusCode, headers, json, errcode: json.errcode ?? 0 };
    },
  };
}

function storedToken(appId: string, now: number): TokenState {
  const token = { ...tokenIssuedAt(now, TOKEN), expiresAt: now + DAY_MS };
  return tokenState({ appId, version: 1, token, nextDueAt: now + DAY_MS });
}
