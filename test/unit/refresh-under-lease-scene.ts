import { type AccessToken, fingerprintOf, type TokenMode } from '#shared/access-token/access-token.ts';
import type { RefreshFailure } from '#shared/access-token/failure.ts';
import { LEASE_DURATION_MS } from '#shared/access-token/lease-rules.ts';
import type { LeasedRefresh } from '#shared/access-token/leased-refresh.ts';
import type { RefreshDependencies } from '#shared/access-token/refresh-outcome.ts';
import { refreshUnderLease } from '#shared/access-token/refresh-under-lease.ts';
import type { CountedIssue } from '#shared/access-token/token-store.ts';
import { type AppSecret, createAppSecretCache } from '#shared/account/app-secret.ts';
import type { Item } from '#shared/table/attributes.dynamodb.ts';
import { UpstreamFailure } from '#shared/wechat/wechat-api.ts';
import { createMemoryTokenStore } from '../memory-token-store.ts';
import { createMovableClock } from '../movable-clock.ts';

export const APP_ID = 'wx0000000000000001';
/** The two app secrets of the scenes, by version. */
export const SECRETS = { v1: { value: 'one', version: 'v1' }, v2: { value: 'two', version: 'v2' } } as const;
const ORIGIN = 'https://api.weixin.qq.com';

/** What WeChat does with one call: answers with this content, or resets the connection once it has the call. */
type Answer = object | 'reset';
/** One call that WeChat is to get: a probe or an issue, what comes back, and what happens elsewhere before it does. */
export interface Step {
  readonly probe?: Answer;
  readonly issue?: Answer;
  readonly meanwhile?: () => Promise<unknown>;
}

export const WORKS = { ip_list: ['101.226.103.0'] };
export const REFUSED = { errcode: 40001 };
export const newToken = (value: string) => ({ access_token: value, expires_in: 7_200 });

/** One account with a token that is a minute old, in memory, and a WeChat that follows a script. */
export async function startLeaseScene(mode: TokenMode) {
  const clock = createMovableClock();
  const startedAt = clock.now();
  const items = new Map<string, Item>();
  const tokens = createMemoryTokenStore({ items });
  const account = { appId: APP_ID, displayName: 'one', mode, testAccount: false, addedAt: 0 };
  const steps: Step[] = [];
  /** What WeChat was asked: the token that was probed, or the secret that an issue was asked with. */
  const asked: { readonly probe?: string; readonly issue?: string; readonly forced?: boolean }[] = [];
  let runs = 0;
  let stored: AppSecret | undefined = SECRETS.v1;

  const dependencies: RefreshDependencies = {
    accounts: { get: async () => account, put: async () => {} },
    secrets: createAppSecretCache({ get: async () => stored }, clock),
    tokens,
    upstream: {
      async call({ path, query, body }, { onSend }) {
        const step = steps.shift();
        const isProbe = path === '/cgi-bin/get_api_domain_ip';
        onSend?.();
        const sent = body === undefined ? Object.fromEntries(new URLSearchParams(query)) : JSON.parse(String(body));
        asked.push(
          isProbe ? { probe: sent.access_token } : { issue: sent.secret, forced: sent.force_refresh === true },
        );
        await step?.meanwhile?.();
        const answer = isProbe ? step?.probe : step?.issue;
        if (answer === undefined) throw new Error(`the script has no answer for ${path}`);
        if (answer === 'reset') throw new UpstreamFailure('reset', ORIGIN, true);
        return { status: 200, headers: [], body: Buffer.from(JSON.stringify(answer)), origin: ORIGIN };
      },
    },
    clock,
    random: () => 0,
    holder: 'mine',
  };

  const state = async () => {
    const found = await tokens.read(APP_ID);
    if (found === undefined) throw new Error('the account is gone');
    return found;
  };
  const token = (value: string): AccessToken => ({
    value,
    fingerprint: fingerprintOf(value),
    mode,
    sentAt: clock.now(),
    receivedAt: clock.now(),
    expiresAt: clock.now() + 7_200_000,
  });
  const commit = async (value: string, leaseId: string, suspect = false) => {
    const { version, token: before } = await state();
    const request = { appId: APP_ID, leaseId, version, token: token(value), stored: before, suspect };
    const { won } = await tokens.commit({ ...request, nextDueAt: clock.now() + 3_600_000 });
    if (!won) throw new Error(`${value} was not committed`);
    // Whose commit it was says nothing of whose lease is over.
    if (suspect) tokens.patch(APP_ID, { doneLeaseId: undefined });
  };
  const acquire = async (leaseId: string, count: CountedIssue | undefined) => {
    const { version } = await state();
    const request = { appId: APP_ID, leaseId, holder: leaseId, version, count, ignoreCooldown: true };
    const acquired = await tokens.acquire({ ...request, reason: { kind: 'operator' }, now: clock.now() });
    if (!acquired.won) throw new Error(`${leaseId} did not get the lease`);
    return acquired.state;
  };

  await tokens.add(APP_ID, startedAt);
  await acquire('first', undefined);
  await commit('T0', 'first');
  await clock.advance(60_000);

  return {
    clock,
    tokens,
    asked,
    state,
    storeSecret: (secret: AppSecret | undefined) => {
      stored = secret;
    },
    /** Somebody else takes the lease, whose clock sees the end of ours. */
    leaseElsewhere: async () => {
      const now = clock.now();
      clock.set(now + LEASE_DURATION_MS);
      await acquire('theirs', undefined);
      clock.set(now);
    },
    /** A late commit of somebody whose lease was over before ours began. */
    commitElsewhere: (value: string) => commit(value, 'earlier', true),
    removeAccount: () => items.delete(APP_ID),
    /** Takes the lease and does under it what the script says. */
    run: async (script: readonly Step[], secret: AppSecret | RefreshFailure | undefined, forced = false) => {
      const countedIssue = { cap: 1_000, forced };
      const count = secret !== undefined && 'value' in secret ? countedIssue : undefined;
      runs += 1;
      const leaseId = `mine-${runs}`;
      const leased: LeasedRefresh = { account, leaseId, countedIssue, state: await acquire(leaseId, count) };
      steps.push(...script);
      return refreshUnderLease(dependencies, leased, secret);
    },
  };
}
