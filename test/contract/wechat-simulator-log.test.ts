import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { APP_ID, type Bench, startBench } from './wechat-simulator-client.ts';

const STABLE = '/cgi-bin/stable_token';

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.simulator.close());

describe('the request log', () => {
  it('keeps what arrived and what was answered', async () => {
    await bench.post('/cgi-bin/message/custom/send?access_token=73_x&b=%2f', 'raw', { 'X-Mark': '1' });
    const [entry] = bench.simulator.log.entries;
    expect(entry).toMatchObject({
      method: 'POST',
      url: '/cgi-bin/message/custom/send?access_token=73_x&b=%2f',
      path: '/cgi-bin/message/custom/send',
      body: Buffer.from('raw'),
      answeredErrcode: 40001,
      remoteAddress: '127.0.0.1',
      localPort: Number(new URL(bench.simulator.origin).port),
    });
    expect(entry?.query.get('b')).toBe('/');
    expect(entry?.rawHeaders).toContain('X-Mark');
  });

  it('knows the account by app ID, token or body', async () => {
    await bench.classicToken();
    await bench.stableToken();
    await bench.get(bench.withToken('/cgi-bin/getcallbackip'));
    await bench.get('/cgi-bin/getcallbackip');
    expect(bench.simulator.log.entries.map(({ appId }) => appId)).toEqual([APP_ID, APP_ID, APP_ID, undefined]);
  });

  it('counts by path, by pattern and in all, until it is cleared', async () => {
    await bench.classicToken();
    await bench.stableToken();
    await bench.stableToken();
    const { log } = bench.simulator;
    expect([log.count(STABLE), log.count(/token$/), log.count(), log.count('/')]).toEqual([2, 3, 3, 0]);
    log.clear();
    expect([log.count(), log.entries.length]).toEqual([0, 0]);
  });

  it('lets a test wait for a request, past or future, and for its answer', async () => {
    const { log } = bench.simulator;
    const future = log.waitFor(({ answeredErrcode }) => answeredErrcode === 41001);
    await bench.get('/cgi-bin/getcallbackip');
    expect(await future).toBe(log.entries[0]);
    expect(await log.waitFor(({ path }) => path === '/cgi-bin/getcallbackip')).toBe(log.entries[0]);
  });

  it('keeps the last 50,000 requests at most, and counts all', async () => {
    const { log } = bench.simulator;
    const total = 50_100;
    const socket = connect(Number(new URL(bench.simulator.origin).port), '127.0.0.1');
    await once(socket.resume(), 'connect');
    for (let sent = 0; sent < total; sent += 100) {
      socket.write('GET /x HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(100));
      await expect.poll(() => log.count('/x'), { interval: 1, timeout: 10_000 }).toBe(sent + 100);
    }
    expect(log.count()).toBe(total);
    expect(log.entries.length).toBeLessThanOrEqual(50_000);
    expect(log.entries.length).toBeGreaterThan(40_000);
  });
});
