import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectGateway } from '../../infra/operator/connect-gateway.ts';
import { findSurroundings } from '../../infra/operator/find-surroundings.ts';
import { runOperator } from '../../infra/operator/run-operator.ts';
import type { Terminal } from '../../infra/operator/terminal.ts';
import { simulatedAccount } from './callers.ts';
import { type OperatedGateway, startOperatedGateway } from './operator-cli.ts';
import { createStillClock, type StillClock } from './still-clock.ts';

const USER = '/cgi-bin/user/info';
const MENU = '/cgi-bin/menu/get';
const UNKNOWN = '/cgi-bin/made/up';
const ASK = '/cgi-bin/openapi/quota/get';
const CLEAR = '/cgi-bin/clear_quota';
/** 13:00:18 in UTC+8 on 2026-11-20. */
const START = Date.UTC(2026, 10, 20, 5, 0, 18);
const MIDNIGHT = '2026-11-20T16:00:00.000Z';
const account = simulatedAccount();
const other = simulatedAccount();
const { appId } = account;

let clock: StillClock;
let gateway: OperatedGateway;

beforeEach(async () => {
  clock = createStillClock(START, 0.01);
  gateway = await startOperatedGateway({ accounts: [account, other], clock });
  await gateway.rig.refreshEnvironment().invoke({});
});
afterEach(() => gateway.close());

/** The command line in this process, which alone lets a test move its clock; the answer is what somebody types on a terminal. */
async function run(args: readonly string[], answer?: string, onAsked: () => Promise<void> = async () => {}) {
  const printed: string[] = [];
  const told: string[] = [];
  const terminal: Partial<Terminal> = {
    print: (text) => printed.push(text),
    tell: (text) => told.push(text),
    isInteractive: answer !== undefined,
    async ask() {
      await onAsked();
      return answer ?? '';
    },
  };
  const { port } = new URL(gateway.door.endpoint);
  const exitCode = await runOperator(['--local', '--port', port, ...args], {
    terminal: terminal as Terminal,
    clock,
    connect: connectGateway,
    findSurroundings,
  });
  const output = { exitCode, stdout: printed.join('\n'), stderr: told.join('\n') };
  gateway.rig.canary.saw(`output of ${args.join(' ')}`, `${output.stdout}\n${output.stderr}`);
  return { ...output, json: () => JSON.parse(output.stdout) as Record<string, unknown> };
}

const simulator = () => gateway.rig.simulator;
const call = (path: string) => gateway.door.send({ path, query: 'openid=o1', headers: { 'x-wechat-appid': appId } });
/** Calls, and has the counts stored. */
const callAll = async (...paths: readonly string[]) => {
  for (const path of paths) await call(path);
  clock.set(clock.now() + 5_000);
  await gateway.door.send({ path: '/gateway/health' });
};
const callElsewhere = async (path: string) => {
  const token = simulator().account(appId).currentToken('stable') ?? '';
  await fetch(`${simulator().origin}${path}?openid=o1&access_token=${token}`);
};
const fail = (path: string, errcode: number) => simulator().faults.add({ kind: 'errcode', errcode, path });
/** The rid of a call that WeChat refuses. */
const failedCall = async () => {
  fail(USER, 40003);
  return /rid: ([0-9a-f-]+)/.exec((await call(USER)).text)?.[1] ?? '';
};
const show = async () => (await run(['--json', 'quota', 'show', appId])).json();
const clear = (...options: readonly string[]) => run(['quota', 'clear', appId, ...options]);

describe('operator quota show', () => {
  it('asks WeChat, and shows calls, others, who called, how it is shared and how long it lasts', async () => {
    await run(['account', 'quota', 'set', appId, USER, '--reserve', '20', '--each', '50']);
    await callElsewhere(USER);
    await callAll(USER, USER, USER, MENU, UNKNOWN);
    const { callerId } = gateway.rig;
    const common = { toldAt: new Date(clock.now()).toISOString(), rateLimit: null, clearedAt: null };
    const calledBy = (calls: number, share: number | null = null) => [{ callerId, name: 'test', calls, share }];
    expect(await show()).toEqual({
      appId,
      resetsAt: MIDNIGHT,
      endpoints: [
        {
          endpoint: MENU,
          calls: 1,
          quota: 10_000,
          source: 'wechat',
          others: 0,
          usedPercent: 0.01,
          forecast: { kind: 'lasts', callsPerHour: 1, at: null },
          shared: null,
          callers: calledBy(1),
          ...common,
        },
        {
          endpoint: USER,
          calls: 3,
          quota: 5_000_000,
          source: 'wechat',
          others: 1,
          usedPercent: expect.closeTo(0.00008, 10),
          forecast: { kind: 'lasts', callsPerHour: expect.closeTo(3 + 1 / 13, 2), at: null },
          shared: { reservePercent: 20, eachPercent: 50 },
          callers: calledBy(3, 2_500_000),
          ...common,
        },
        {
          endpoint: UNKNOWN,
          calls: 1,
          quota: null,
          source: null,
          others: null,
          usedPercent: null,
          forecast: null,
          shared: null,
          callers: calledBy(1),
          ...common,
          toldAt: null,
        },
      ],
      asked: { endpoints: 3, notAsked: 0, failure: null },
      clearsLeft: { all: 10, endpoint: 50 },
    });
    const { exitCode, stdout } = await run(['quota', 'show', appId]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^Quotas of wx\w+ \(wx\w+\)\. They begin anew in 10 h 59 min, at 2026-11-20 16:00:00 UTC\.\n/,
    );
    expect(stdout).toMatch(
      /\n\/cgi-bin\/user\/info +3 +1 +5000000 +<1 % +WeChat, 0 s ago +all day +reserve 20 %, each 50 % +test \(\w+\) 3 of 2500000\n/,
    );
    expect(stdout).toMatch(/\n\/cgi-bin\/made\/up +1 +\? +\? +no +test/);
    expect(stdout).toContain('10 of 10 of all quotas, 50 of 50 of one endpoint');
  });

  it('says when a quota ends at the present rate, and when it is used up', async () => {
    await run(['account', 'quota', 'set', appId, USER, '--calls', '10']);
    await callAll(USER, USER, USER, USER, USER, USER);
    expect((await run(['quota', 'show', appId])).stdout).toMatch(
      / 10 +60 % +operator +ends in 40 min 0 s +reserve 5 %/,
    );
    await callAll(USER, USER, USER, USER);
    // The fifth of ten is the reserve's first: nine are open to this caller.
    for (let others = 0; others < 2; others += 1) await callElsewhere(USER);
    expect((await run(['quota', 'show', appId])).stdout).toMatch(/ 9 +2 +10 +110 % +operator +used up/);
  });

  it('shows what it has when WeChat cannot be asked, says why and fails', async () => {
    await callAll(USER, USER, MENU);
    fail(ASK, 48001);
    const { exitCode, stdout } = await run(['quota', 'show', appId]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/\/cgi-bin\/user\/info +2 +0 +5000000 +<1 % +documented/);
    expect(stdout).toContain('WeChat raises it at 100,000, 1,000,000, 10,000,000 followers.');
    expect(stdout).toMatch(/WeChat could not be asked for \/cgi-bin\/user\/info and what follows: .*48001/);
    await run(['account', 'disable', appId]);
    clock.set(clock.now() + 60_000);
    expect((await run(['quota', 'show', appId])).stdout).toContain(`"account enable ${appId}"`);
    expect(await show()).toMatchObject({
      asked: { endpoints: 1, notAsked: 1, failure: { endpoint: USER, cause: 'unknown-account' } },
    });
  });

  it('shows an account that nobody called', async () => {
    const { exitCode, stdout } = await run(['quota', 'show', other.appId]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Nothing has been called today.');
  });
});

describe('operator quota clear', () => {
  it('names how many clears are left, and clears all only after a yes', async () => {
    await callAll(USER, USER);
    const asked = await run(['quota', 'clear', appId], 'no');
    expect(asked).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('10 are left') });
    expect(asked.stderr).toContain('of the 10 that WeChat allows an account in a month');
    const unasked = await clear();
    expect(unasked).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('add --yes') });
    expect(simulator().log.count(CLEAR)).toBe(0);
    const cleared = await run(['quota', 'clear', appId], 'yes');
    expect(cleared).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('9 of 10 such clears are left') });
    expect(simulator().log.count(CLEAR)).toBe(1);
    clock.set(clock.now() + 60_000);
    expect(await show()).toMatchObject({
      endpoints: [{ endpoint: USER, clearedAt: expect.any(String) }],
      clearsLeft: { all: 9, endpoint: 50 },
    });
    expect((await run(['quota', 'show', appId])).stdout).toContain(
      `Cleared at 2026-11-20 05:00:23 UTC: ${USER}. CALLS are those since the beginning of that hour.`,
    );
  });

  it('says to look before it is repeated when no answer came', async () => {
    const { exitCode, stderr } = await run(['quota', 'clear', appId], 'yes', () => gateway.lambda.close());
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/is not known here: look with "quota show wx[0-9a-f]{16}" before/);
  });

  it('clears one endpoint, whatever its spelling', async () => {
    expect((await clear('--endpoint', '/CGI-bin/User/Info/', '--yes', '--json')).json()).toEqual({
      appId,
      endpoint: USER,
      outcome: 'cleared',
      by: 'access-token',
      clearsLeft: { all: 10, endpoint: 49 },
    });
    expect(JSON.parse(simulator().log.entries.at(-1)?.body.toString() ?? '')).toEqual({ cgi_path: USER });
    expect((await run(['quota', 'clear', appId, '--endpoint', USER])).stderr).toContain('49 are left');
    expect((await clear('--endpoint', 'user/info', '--yes')).exitCode).toBe(2);
  });

  it('says that it went by app secret, and why', async () => {
    simulator().account(appId).killCurrentToken();
    simulator().faults.add({ kind: 'errcode', errcode: 45009, path: /token$/, times: Number.POSITIVE_INFINITY });
    const cleared = await clear('--yes');
    expect(cleared).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('by app secret') });
    const one = await clear('--endpoint', USER, '--yes');
    expect(one).toMatchObject({
      exitCode: 1,
      stdout: expect.stringMatching(/^Not cleared, and not counted: .*"status/),
    });
  });

  it("tells of WeChat's refusal, of an end that nobody knows, and of a month that is used up", async () => {
    fail(CLEAR, 48006);
    const refused = await clear('--yes');
    expect(refused).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/48006.*10 of 10/s) });
    simulator().faults.add({ kind: 'reset', path: CLEAR, when: 'after' });
    const unknown = await clear('--yes');
    expect(unknown).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/^Nobody can say .*9 of 10/s) });
    for (let done = 0; done < 9; done += 1) await gateway.rig.quotasEnvironment().invoke({ clear: { appId } });
    const usedUp = await clear('--yes');
    expect(usedUp).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(/^No clear is left of the 10/),
    });
  });
});

describe('operator explain with a rid', () => {
  it('shows what WeChat has recorded, without the token, and explains its errcode', async () => {
    const rid = await failedCall();
    const { exitCode, stdout } = await run(['explain', rid, '--account', appId, '--language', 'en']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^time +2026-11-20 05:00:18 UTC, took 30 ms\nfrom +127\.0\.0\.1\nrequest +access_token=\[removed by the gateway\]&openid=o1\nbody +none\nanswer +\{.*40003.*\n\nerrcode 40003\n\nmeans /,
    );
    expect((await run(['--json', 'explain', rid, '--account', appId])).json()).toMatchObject({
      rid,
      appId,
      errcode: 40003,
      request: { at: '2026-11-20T05:00:18.000Z', clientIp: '127.0.0.1' },
      explanation: { errcode: 40003, zh: { nextStep: expect.any(String) } },
      failure: null,
    });
  });

  it('explains why WeChat tells nothing', async () => {
    const rid = await failedCall();
    const asked = await run(['explain', rid, '--account', other.appId]);
    expect(asked.exitCode).toBe(1);
    expect(asked.stdout).toMatch(/^WeChat tells nothing of .*"logs --rid .*errcode 76003\n/s);
    expect((await run(['explain', '1-2-3', '--account', appId])).stdout).toContain('errcode 76001');
    clock.set(START + 8 * 86_400_000);
    await gateway.rig.refreshEnvironment().invoke({});
    expect((await run(['explain', rid, '--account', appId])).stdout).toContain('errcode 76004');
  });

  it('wants the account where there are several, and to be asked when it can be', async () => {
    const unnamed = await run(['explain', '1-2-3']);
    expect(unnamed).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('--account') });
    simulator().faults.add({ kind: 'html', path: '/cgi-bin/openapi/rid/get' });
    const failed = await run(['explain', '1-2-3', '--account', appId]);
    expect(failed).toMatchObject({ exitCode: 1, stdout: expect.stringContaining(`"doctor ${appId}"`) });
  });

  it('works as a program', async () => {
    const { exitCode, stdout } = await gateway.run(['explain', '1-2-3', '--account', appId]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('errcode 76001');
  });
});
