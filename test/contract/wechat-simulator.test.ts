import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSimulator } from '../wechat-simulator/simulator.ts';
import { APP_ID, APP_SECRET, type Bench, startBench } from './wechat-simulator-client.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const RID = '[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}';
const BUSINESS = '/cgi-bin/get_api_domain_ip';

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.simulator.close());

const account = () => bench.simulator.account(APP_ID);
const tokenOf = (reply: { json: Record<string, unknown> }) => String(reply.json.access_token);
const errcodeWith = async (token: string) => (await bench.get(`${BUSINESS}?access_token=${token}`)).json.errcode;

describe('a token', () => {
  it('looks like a real one and lives 7,200 seconds', async () => {
    const reply = await bench.classicToken();
    expect(reply.status).toBe(200);
    expect(reply.contentType).toBe('application/json; encoding=utf-8');
    expect(reply.json).toEqual({ access_token: expect.stringMatching(/^\d\d_[\w-]{133,154}$/), expires_in: 7200 });
  });

  it('gets 42001 once it has expired of age', async () => {
    const token = tokenOf(await bench.stableToken());
    bench.pass(2 * HOUR - 1);
    expect(await errcodeWith(token)).toBeUndefined();
    bench.pass(1);
    expect(await errcodeWith(token)).toBe(42001);
  });

  it('gets the live text of 40001 when it is unknown, and 41001 when it is missing', async () => {
    const unknown = await bench.get(`${BUSINESS}?access_token=73_nobody`);
    expect(unknown.json.errcode).toBe(40001);
    expect(unknown.json.errmsg).toMatch(
      new RegExp(`^invalid credential, access_token is invalid or not latest, could get .* https://\\S+ rid: ${RID}$`),
    );
    const missing = await bench.get(BUSINESS);
    expect(missing.json.errmsg).toMatch(new RegExp(`^access_token missing rid: ${RID}$`));
    expect(missing.json.errcode).toBe(41001);
  });

  it('counts only in the query', async () => {
    const token = tokenOf(await bench.stableToken());
    const reply = await bench.post('/cgi-bin/message/custom/send', { access_token: token }, { access_token: token });
    expect(reply.json.errcode).toBe(41001);
  });

  it('of one account does nothing for another', async () => {
    const accounts = ['wx-a', 'wx-b'].map((appId) => ({ appId, appSecret: 's' }));
    const simulator = await startSimulator({ accounts });
    const token = simulator.account('wx-a').issueElsewhere('stable');
    expect(simulator.account('wx-a').accepts(token)).toBe(true);
    expect(simulator.account('wx-b').accepts(token)).toBe(false);
    await simulator.close();
  });
});

describe('the classic endpoint', () => {
  it('issues a new token each time, and the one before works five more minutes', async () => {
    const first = tokenOf(await bench.classicToken());
    const second = tokenOf(await bench.classicToken());
    expect(second).not.toBe(first);
    bench.pass(5 * MINUTE - 1);
    expect(await errcodeWith(first)).toBeUndefined();
    bench.pass(1);
    expect(await errcodeWith(first)).toBe(40001);
    expect(await errcodeWith(second)).toBeUndefined();
  });

  it('lets only two tokens work at a time', async () => {
    const first = tokenOf(await bench.classicToken());
    const second = tokenOf(await bench.classicToken());
    const third = tokenOf(await bench.classicToken());
    expect([account().accepts(first), account().accepts(second), account().accepts(third)]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('does not bring an expired token back to life', async () => {
    const first = tokenOf(await bench.classicToken());
    bench.pass(2 * HOUR);
    await bench.classicToken();
    expect(await errcodeWith(first)).toBe(42001);
  });

  it('issues 2,000 a day and then answers 45009 until midnight in UTC+8', async () => {
    for (let count = 0; count < 2_000; count += 1) account().issueElsewhere('classic');
    expect((await bench.classicToken()).json.errcode).toBe(45009);
    bench.pass(12 * HOUR - 1);
    expect((await bench.classicToken()).json.errcode).toBe(45009);
    bench.pass(1);
    expect((await bench.classicToken()).json.expires_in).toBe(7200);
    expect(account().issued('classic')).toBe(1);
  });

  it('issues 200 a day to a test account', async () => {
    await bench.simulator.close();
    bench = await startBench({ accounts: [{ appId: APP_ID, appSecret: APP_SECRET, testAccount: true }] });
    for (let count = 0; count < 200; count += 1) account().issueElsewhere('classic');
    expect((await bench.classicToken()).json.errcode).toBe(45009);
  });

  it('wants GET', async () => {
    expect((await bench.post('/cgi-bin/token', {})).json.errcode).toBe(43001);
  });
});

describe('the stable endpoint', () => {
  it('gives the same token with its remaining time until the last five minutes, then the next', async () => {
    const first = await bench.stableToken();
    bench.pass(2 * HOUR - 5 * MINUTE - 1);
    const same = await bench.stableToken();
    expect(same.json).toEqual({ access_token: first.json.access_token, expires_in: 300 });
    bench.pass(1);
    const next = await bench.stableToken();
    expect(next.json.access_token).not.toBe(first.json.access_token);
    expect(next.json.expires_in).toBe(7200);
  });

  it('lets the old and the new token work for five minutes', async () => {
    const first = tokenOf(await bench.stableToken());
    bench.pass(2 * HOUR - 2 * MINUTE);
    const next = tokenOf(await bench.stableToken());
    bench.pass(5 * MINUTE - 1);
    expect([await errcodeWith(first), await errcodeWith(next)]).toEqual([undefined, undefined]);
    bench.pass(1);
    expect([await errcodeWith(first), await errcodeWith(next)]).toEqual([42001, undefined]);
  });

  it('is isolated from the classic endpoint', async () => {
    const stable = tokenOf(await bench.stableToken());
    const classic = tokenOf(await bench.classicToken());
    await bench.classicToken();
    await bench.classicToken();
    expect([account().accepts(stable), account().accepts(classic)]).toEqual([true, false]);
    await bench.stableToken({ force_refresh: true });
    expect(account().accepts(account().currentToken('classic') ?? '')).toBe(true);
  });

  it('issues a new token when forced, and all earlier ones die at once', async () => {
    const first = tokenOf(await bench.stableToken());
    const forced = tokenOf(await bench.stableToken({ force_refresh: true }));
    expect(await errcodeWith(first)).toBe(40001);
    expect(await errcodeWith(forced)).toBeUndefined();
  });

  it('refreshes nothing when forced again within 30 seconds', async () => {
    const forced = tokenOf(await bench.stableToken({ force_refresh: true }));
    bench.pass(30 * SECOND - 1);
    expect((await bench.stableToken({ force_refresh: true })).json).toEqual({ access_token: forced, expires_in: 7170 });
    expect(account().issued('forced')).toBe(1);
    bench.pass(1);
    expect(tokenOf(await bench.stableToken({ force_refresh: true }))).not.toBe(forced);
    expect(account().issued('forced')).toBe(2);
  });

  it('can be forced 20 times a day, and answers normal calls after that', async () => {
    for (let count = 0; count < 20; count += 1) {
      account().issueElsewhere('stable', { force: true });
      bench.pass(30 * SECOND);
    }
    expect((await bench.stableToken({ force_refresh: true })).json.errcode).toBe(45009);
    expect((await bench.stableToken()).json.errcode).toBeUndefined();
  });

  it('forces only for the boolean true', async () => {
    const first = tokenOf(await bench.stableToken());
    expect(tokenOf(await bench.stableToken({ force_refresh: 'true' }))).toBe(first);
  });

  it('answers 10,000 calls a minute and then 45011 until the next', async () => {
    for (let count = 0; count < 10_000; count += 1) account().issueElsewhere('stable');
    expect((await bench.stableToken()).json.errcode).toBe(45011);
    bench.pass(MINUTE);
    expect((await bench.stableToken()).json.errcode).toBeUndefined();
  });

  it('wants POST and a JSON object', async () => {
    expect((await bench.get('/cgi-bin/stable_token?grant_type=client_credential')).json.errcode).toBe(43002);
    expect((await bench.post('/cgi-bin/stable_token', 'grant_type=client_credential')).json.errcode).toBe(47001);
    expect((await bench.post('/cgi-bin/stable_token', '')).json.errcode).toBe(44002);
  });
});

describe('a test', () => {
  it('can kill tokens at once, and the stable endpoint then issues a new one', async () => {
    const stable = tokenOf(await bench.stableToken());
    const classic = tokenOf(await bench.classicToken());
    account().killCurrentToken('stable');
    expect([await errcodeWith(stable), await errcodeWith(classic)]).toEqual([40001, undefined]);
    expect(account().currentToken('stable')).toBeUndefined();
    expect(tokenOf(await bench.stableToken())).not.toBe(stable);
    account().killCurrentToken();
    expect(await errcodeWith(classic)).toBe(40001);
  });

  it('can issue from elsewhere: counted, but not in the log', async () => {
    const rogue = account().issueElsewhere('stable');
    expect(tokenOf(await bench.stableToken())).toBe(rogue);
    expect(account().issued('stable')).toBe(2);
    expect(bench.simulator.log.count('/cgi-bin/stable_token')).toBe(1);
  });

  it('can move the clock, unless it injected one', async () => {
    expect(() => bench.simulator.clock.advance(1)).toThrow('move the injected clock');
    const simulator = await startSimulator({ accounts: [{ appId: 'wx-a', appSecret: 's' }] });
    const token = simulator.account('wx-a').issueElsewhere('stable');
    simulator.clock.advance(2 * HOUR);
    expect(simulator.account('wx-a').accepts(token)).toBe(false);
    await simulator.close();
  });

  it('is told when it names an account that is not there', () => {
    expect(() => bench.simulator.account('wx-nobody')).toThrow('has no account wx-nobody');
  });
});
