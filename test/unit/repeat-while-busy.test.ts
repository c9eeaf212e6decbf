import { beforeEach, describe, expect, it } from 'vitest';
import type { CallTrace } from '#shared/api-call/call-trace.ts';
import { repeatWhileBusy } from '#shared/api-call/repeat-while-busy.ts';
import type { CallRequest } from '#shared/api-call/request.ts';
import { createMovableClock, type MovableClock } from '../movable-clock.ts';

let clock: MovableClock;
let sentAt: number[];

beforeEach(() => {
  clock = createMovableClock();
  clock.autoAdvance = true;
  sentAt = [];
});

const request = (method: CallRequest['method'], path: string): CallRequest => ({
  method,
  path,
  query: '',
  headers: {},
  body: undefined,
  requestId: 'test',
  role: undefined,
});

/** Sends while WeChat answers these in turn; tells the errcode that stands. */
async function send(
  call: CallRequest,
  errcodes: readonly number[],
  { random = 1, budgetMs = 25_000, mayRepeat = true } = {},
) {
  const startedAt = clock.now();
  const trace: CallTrace = {};
  await repeatWhileBusy(
    { clock, random: () => random },
    { request: call, deadline: startedAt + budgetMs, trace },
    {
      async send() {
        trace.errcode = errcodes[sentAt.length];
        sentAt.push(clock.now() - startedAt);
      },
      mayRepeat: async () => mayRepeat,
    },
  );
  return trace.errcode;
}

const READ = request('GET', '/cgi-bin/user/info');

describe('a call that WeChat is too busy for', () => {
  it('is repeated twice, after any part of a growing pause', async () => {
    expect(await send(READ, [-1, -1, 0])).toBe(0);
    expect(sentAt).toEqual([0, 500, 1_500]);
    sentAt = [];
    expect(await send(READ, [-1, -1, -1, 0], { random: 0.5 })).toBe(-1);
    expect(sentAt).toEqual([0, 250, 750]);
    sentAt = [];
    await send(READ, [-1, -1, -1], { random: 0 });
    expect(sentAt).toEqual([0, 0, 0]);
  });

  it.each([0, 45009, 45011, 40003])('is not repeated for %i', async (errcode) => {
    expect(await send(READ, [errcode, 0])).toBe(errcode);
    expect(sentAt).toEqual([0]);
  });

  it('stops as soon as WeChat says something else', async () => {
    expect(await send(READ, [-1, 40003, 0])).toBe(40003);
  });

  it.each([
    ['a send', request('POST', '/cgi-bin/message/custom/send')],
    ['a GET that deletes', request('GET', '/cgi-bin/menu/delete')],
    ['a path that the catalogue does not have', request('GET', '/cgi-bin/not/known')],
    ['the wrong method for the endpoint', request('POST', '/cgi-bin/user/info')],
  ])('is not repeated when it is %s', async (_what, call) => {
    expect(await send(call, [-1, 0])).toBe(-1);
    expect(sentAt).toEqual([0]);
  });

  it('is repeated when a POST only reads', async () => {
    expect(await send(request('POST', '/cgi-bin/user/info/batchget'), [-1, 0])).toBe(0);
  });

  it('is not repeated without time for it, or past a limit', async () => {
    expect(await send(READ, [-1, 0], { budgetMs: 5_499 })).toBe(-1);
    expect(sentAt).toEqual([0]);
    sentAt = [];
    expect(await send(READ, [-1, 0], { mayRepeat: false })).toBe(-1);
    expect(sentAt).toEqual([0]);
  });
});
