import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { APP_ID, type Bench, startBench } from './wechat-simulator-client.ts';

const STABLE = '/cgi-bin/stable_token';

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.simulator.close());

const faults = () => bench.simulator.faults;
const issued = () => bench.simulator.account(APP_ID).issued('stable');

describe('scripted faults', () => {
  it('apply to the next calls of a path, in the order they were added', async () => {
    faults().add({ kind: 'errcode', errcode: -1, path: STABLE, times: 2 });
    faults().add({ kind: 'errcode', errcode: 45011 });
    const classic = await bench.classicToken();
    const stable = [await bench.stableToken(), await bench.stableToken(), await bench.stableToken()];
    expect(classic.json.errcode).toBe(45011);
    expect(stable.map(({ json }) => json.errcode)).toEqual([-1, -1, undefined]);
  });

  it('apply by pattern, for ever, and to one account', async () => {
    faults().add({ kind: 'errcode', errcode: 50002, path: /^\/cgi-bin\/stable/, times: Infinity, appId: APP_ID });
    faults().add({ kind: 'errcode', errcode: 48004, appId: 'wx-other' });
    for (const _ of [1, 2, 3]) expect((await bench.stableToken()).json.errcode).toBe(50002);
    expect((await bench.classicToken()).json.errcode).toBeUndefined();
    faults().clear();
    expect((await bench.stableToken()).json.errcode).toBeUndefined();
  });

  it('answer an errcode with its text and a rid before anything is done', async () => {
    faults().add({ kind: 'errcode', errcode: 40001 });
    const reply = await bench.stableToken();
    expect(reply.json.errmsg).toMatch(/could get access_token by getStableAccessToken.* rid: /);
    expect(issued()).toBe(0);
  });

  it('answer a string errcode, a wrapped one, and an errmsg exactly as given', async () => {
    faults().add({ kind: 'errcode', errcode: '40001', errmsg: 'no', wrapped: 'base_resp' });
    expect((await bench.stableToken()).text).toBe('{"base_resp":{"errcode":"40001","errmsg":"no"}}');
    expect(bench.simulator.log.entries.at(-1)?.answeredErrcode).toBe(40001);
  });

  it('delay the work, or only its answer', async () => {
    faults().add({ kind: 'delay', ms: 30, when: 'before' });
    const late = bench.stableToken();
    await bench.simulator.log.waitFor(({ path }) => path === STABLE);
    expect(issued()).toBe(0);
    await late;
    faults().add({ kind: 'delay', ms: 30, when: 'after' });
    const lateAnswer = bench.stableToken();
    await expect.poll(issued).toBe(2);
    expect((await lateAnswer).json.expires_in).toBe(7200);
  });

  it.each(['before', 'after'] as const)('reset the connection %s the work', async (when) => {
    faults().add({ kind: 'reset', when });
    await expect(bench.stableToken()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(issued()).toBe(when === 'before' ? 0 : 1);
  });

  it.each(['before', 'after'] as const)('hang %s the work until the simulator closes', async (when) => {
    faults().add({ kind: 'hang', when });
    const ending = bench.stableToken().catch((error: unknown) => error);
    await bench.simulator.log.waitFor(({ path }) => path === STABLE);
    await expect.poll(issued).toBe(when === 'before' ? 0 : 1);
    await bench.simulator.close();
    expect(await ending).toBeInstanceOf(Error);
  });

  it.each([0, 1, 40])('cut the answer at byte %i although the whole length was announced', async (atByte) => {
    faults().add({ kind: 'truncate', atByte });
    const raw = await rawAnswer(`GET /cgi-bin/nothing HTTP/1.1\r\nHost: x\r\n\r\n`);
    const [head = '', body = ''] = raw.split('\r\n\r\n');
    expect(body).toBe('{"errcode":40066,"errmsg":"invalid url rid: '.slice(0, atByte));
    expect(Number(/content-length: (\d+)/i.exec(head)?.[1])).toBeGreaterThan(60);
  });

  it('answer other statuses, HTML, and any body at all', async () => {
    faults().add({ kind: 'status', status: 503, body: 'busy', contentType: 'text/plain' });
    faults().add({ kind: 'status', status: 502 });
    faults().add({ kind: 'html' });
    faults().add({ kind: 'body', body: '{"access_token":' });
    faults().add({ kind: 'body', body: Buffer.of(0xff, 0x00) });
    faults().add({ kind: 'body', body: '', contentType: 'text/xml' });
    const replies = [];
    for (const _ of [1, 2, 3, 4, 5, 6]) replies.push(await bench.stableToken());
    expect(replies.map(({ status }) => status)).toEqual([503, 502, 200, 200, 200, 200]);
    expect(replies.map(({ bytes }) => bytes.subarray(0, 6).toString('latin1'))).toEqual([
      'busy',
      '<html>',
      '<html>',
      '{"acce',
      '\u00ff\u0000',
      '',
    ]);
    expect(replies.map(({ contentType }) => contentType.split(';')[0])).toEqual([
      'text/plain',
      'text/html',
      'text/html',
      'application/json',
      'application/json',
      'text/xml',
    ]);
    expect(issued()).toBe(0);
  });

  it('drip the answer byte by byte', async () => {
    faults().add({ kind: 'drip', chunkMs: 1 });
    expect((await bench.stableToken()).json.expires_in).toBe(7200);
  });

  it('go on answering until the client has had enough', async () => {
    faults().add({ kind: 'endless' });
    const socket = await opened();
    socket.write('GET /cgi-bin/nothing HTTP/1.1\r\nHost: x\r\n\r\n');
    let received = 0;
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      received += chunk.length;
      if (received > 1_000_000) break;
    }
    expect(received).toBeGreaterThan(1_000_000);
  });
});

async function opened(): Promise<Socket> {
  const socket = connect(Number(new URL(bench.simulator.origin).port), '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

/** The raw answer, up to the end of the connection. */
async function rawAnswer(request: string): Promise<string> {
  const socket = await opened();
  socket.write(request);
  let raw = '';
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    raw += chunk.toString('latin1');
  }
  return raw;
}
