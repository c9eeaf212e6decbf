import type { Context } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { MalformedRefreshEvent } from '#shared/access-token/refresh-event.ts';
import type { Account } from '#shared/account/account.ts';
import { createLog } from '#shared/lambda/log.ts';
import { createMetrics } from '#shared/lambda/metrics.ts';
import type { Upstream } from '#shared/wechat/upstream.ts';
import { UpstreamFailure } from '#shared/wechat/wechat-api.ts';
import { createHandler } from '../../functions/refresh-access-token/create-handler.ts';
import { createMemoryTokenStore, type MemoryTokenStore } from '../memory-token-store.ts';
import { createMovableClock, type MovableClock } from '../movable-clock.ts';

const SECRET = 'the app secret';

const noApi = () => {
  throw new Error('nothing here examines a host');
};

const accountOf = (appId: string): Account => ({
  appId,
  displayName: appId,
  mode: 'stable',
  testAccount: false,
  addedAt: 0,
});

describe('refresh-access-token', () => {
  let clock: MovableClock;
  let tokens: MemoryTokenStore;
  let lines: Record<string, unknown>[];
  let text: string;
  let answer: Upstream['call'];
  let issued: number;

  beforeEach(() => {
    clock = createMovableClock();
    clock.autoAdvance = true;
    tokens = createMemoryTokenStore();
    [lines, text, issued] = [[], '', 0];
    answer = async (_request, limits) => {
      limits.onSend?.();
      issued += 1;
      const body = Buffer.from(`{"access_token":"99_issued-${issued}","expires_in":7200}`);
      return { status: 200, headers: [], body, origin: 'https://api.weixin.qq.com' };
    };
  });

  const write = (line: string): void => {
    text += line;
    // Every line is JSON: that is what CloudWatch reads.
    lines.push(JSON.parse(line) as Record<string, unknown>);
  };
  const invoke = (event: unknown) => {
    const secret = { value: SECRET, version: '1' };
    const handler = createHandler({
      accounts: { get: async (appId) => accountOf(appId), put: async () => undefined },
      secrets: { get: async () => secret, reread: async () => secret },
      tokens,
      upstream: { call: (...call) => answer(...call) },
      clock,
      random: () => 0.5,
      holder: 'test',
      log: createLog(write),
      metrics: createMetrics({ write, stage: 'test', clock }),
      examining: { openApi: noApi, origins: [], resolveName: async () => [] },
    });
    return handler(event, {} as Context);
  };
  const refreshLines = () => lines.filter(({ event }) => event === 'refresh');
  const metric = (name: string) => lines.flatMap((line) => (name in line ? [line[name]] : []));

  it('answers a tick with how many it has refreshed, one log line each, and how long the worst is overdue', async () => {
    await tokens.add('wx1', clock.now());
    await tokens.add('wx2', clock.now());
    expect(await invoke({})).toEqual({ refreshes: 2, overdueMs: 0 });
    expect(refreshLines()).toMatchObject([
      { account: 'wx1', outcome: 'committed', forced: false, fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/) },
      { account: 'wx2', outcome: 'committed' },
    ]);
    expect(metric('RefreshCommitted')).toEqual([1, 1]);
    expect(metric('TokenLife')).toEqual([7_200_000]);
    expect(metric('RefreshOverdue')).toEqual([0]);
  });

  it('measures that nothing is overdue also when nothing was to be done', async () => {
    expect(await invoke({})).toEqual({ refreshes: 0, overdueMs: 0 });
    expect(metric('RefreshOverdue')).toEqual([0]);
    expect(refreshLines()).toEqual([]);
  });

  it('tells how long an account has been due that cannot be refreshed', async () => {
    await tokens.add('wx1', clock.now() - 30_000);
    answer = async () => {
      throw new UpstreamFailure('connect', 'https://api.weixin.qq.com', false);
    };
    const startedAt = clock.now();
    const { overdueMs } = (await invoke({})) as { overdueMs: number };
    expect(overdueMs).toBe(clock.now() - startedAt + 30_000);
    expect(metric('RefreshOverdue')).toEqual([overdueMs]);
    expect(refreshLines()[0]).toMatchObject({ level: 'ERROR', outcome: 'failed', failureCause: 'connect' });
    expect(metric('RefreshFailed').length).toBeGreaterThan(1);
  });

  it('refreshes one account with an event that names it, and answers how that ended', async () => {
    await tokens.add('wx1', clock.now());
    await tokens.add('wx2', clock.now());
    expect(await invoke({ appId: 'wx1' })).toEqual({ outcome: 'committed' });
    expect(await invoke({ appId: 'wx1' })).toEqual({ outcome: 'not-needed' });
    expect(await invoke({ appId: 'wx3' })).toEqual({ outcome: 'unknown-account' });
    expect(issued).toBe(1);
    expect(refreshLines().map(({ account, outcome }) => [account, outcome])).toEqual([
      ['wx1', 'committed'],
      ['wx1', 'not-needed'],
      ['wx3', 'unknown-account'],
    ]);
  });

  it('counts an address that WeChat refuses, and logs which', async () => {
    await tokens.add('wx1', clock.now());
    answer = async (_request, limits) => {
      limits.onSend?.();
      const errmsg = 'invalid ip 192.0.2.7 ipv6 ::ffff:192.0.2.7, not in whitelist rid: a-b-c';
      const body = Buffer.from(JSON.stringify({ errcode: 40164, errmsg }));
      return { status: 200, headers: [], body, origin: 'https://api.weixin.qq.com' };
    };
    expect(await invoke({ appId: 'wx1' })).toEqual({ outcome: 'failed' });
    expect(metric('EgressAddressRefused')).toEqual([1]);
    expect(refreshLines()).toMatchObject([{ errcode: 40164, egressAddress: '192.0.2.7', rid: 'a-b-c' }]);
    expect(await invoke({ appId: 'wx1' })).toEqual({ outcome: 'cooling' });
    expect(refreshLines()[1]).toMatchObject({ level: 'WARN', outcome: 'cooling', errcode: 40164 });
  });

  it('reports one account’s own trouble with that account, and refreshes the others', async () => {
    await tokens.add('wx1', clock.now());
    await tokens.add('wx2', clock.now());
    const good = answer;
    answer = async (request, ...limits) => {
      if (request.body && Buffer.from(request.body).includes('wx1')) throw new TypeError('unforeseen');
      return good(request, ...limits);
    };
    await invoke({});
    expect(refreshLines()).toContainEqual(
      expect.objectContaining({ account: 'wx1', level: 'ERROR', outcome: 'errored', error: 'TypeError: unforeseen' }),
    );
    expect(refreshLines()).toContainEqual(expect.objectContaining({ account: 'wx2', outcome: 'committed' }));
  });

  it('fails with an event that is none of ours, and with a table that does not answer', async () => {
    await expect(invoke({ appId: 7 })).rejects.toBeInstanceOf(MalformedRefreshEvent);
    tokens.due = () => Promise.reject(new Error('the table is away'));
    await expect(invoke({})).rejects.toThrow('the table is away');
  });

  it('answers and logs no token and no secret', async () => {
    await tokens.add('wx1', clock.now());
    const answers = JSON.stringify([await invoke({}), await invoke({ appId: 'wx1' })]);
    expect(text + answers).not.toMatch(/99_issued|the app secret/);
  });
});
