import { beforeEach, describe, expect, it } from 'vitest';
import { callsByEndpoint, NO_ANSWER } from '#shared/usage/day-usage.ts';
import { type CountedCall, createUsageRecorder, type UsageRecorder } from '#shared/usage/usage-recorder.ts';
import type { EnvironmentUsage } from '#shared/usage/usage-store.ts';
import { createMovableClock, type MovableClock } from '../movable-clock.ts';

const USER = '/cgi-bin/user/info';
/** Two seconds to midnight in UTC+8. */
const START = Date.UTC(2026, 10, 20, 15, 59, 58);

let clock: MovableClock;
let stored: EnvironmentUsage[];
let fails: boolean;
let flushed: string[];
let errors: unknown[];
let recorder: UsageRecorder;
let names: number;

beforeEach(() => {
  clock = createMovableClock(START);
  stored = [];
  flushed = [];
  errors = [];
  fails = false;
  names = 0;
  recorder = createUsageRecorder({
    store: {
      async put(counted) {
        if (fails) throw new Error('the table does not answer');
        stored.push(counted);
      },
    },
    clock,
    newName: () => `name${(names += 1)}`,
    onFlushed: async (appId) => void flushed.push(appId),
    onError: (appId, error) => errors.push([appId, error]),
  });
});

const call = (changes: Partial<CountedCall> = {}): CountedCall => ({
  appId: 'wx1',
  callerId: 'caller01',
  path: USER,
  requestBytes: 1,
  answer: { status: 200, errcode: 0, bytes: 2 },
  ...changes,
});
const flushAfter = async (durationMs: number) => {
  clock.set(clock.now() + durationMs);
  await recorder.flush();
};
const calls = (one: EnvironmentUsage | undefined) => one && callsByEndpoint(one.usage).get(USER);

describe('the recorder of usage', () => {
  it('stores once the oldest count has waited for 5 s, and nothing when nothing was counted since', async () => {
    await flushAfter(60_000);
    recorder.count(call());
    await flushAfter(4_999);
    expect(stored).toEqual([]);
    recorder.count(call());
    await flushAfter(1);
    expect(stored.map(calls)).toEqual([2]);
    await flushAfter(60_000);
    expect(stored).toHaveLength(1);
    expect(flushed).toEqual(['wx1']);
  });

  it('stores all it has counted every time, in ascending order, under one name', async () => {
    for (const _ of [1, 2, 3]) {
      recorder.count(call());
      await flushAfter(5_000);
    }
    expect(stored.map(calls)).toEqual([1, 1, 2]);
    expect(stored.map(({ day }) => day)).toEqual(['20261120', '20261121', '20261121']);
    const [, second, third] = stored;
    expect(third?.countedBy).toBe(second?.countedBy);
    expect(third?.sequence).toBeGreaterThan(second?.sequence ?? 0);
  });

  it('stores what it held over midnight under the day that it belongs to', async () => {
    recorder.count(call());
    clock.set(START + 2_000);
    recorder.count(call());
    recorder.count(call());
    await flushAfter(10 * 3_600_000);
    expect(stored.map((one) => [one.day, calls(one)])).toEqual([
      ['20261120', 1],
      ['20261121', 2],
    ]);
  });

  it('keeps what could not be stored for the next time, 5 s later', async () => {
    fails = true;
    recorder.count(call());
    await flushAfter(5_000);
    expect(errors).toEqual([['wx1', expect.any(Error)]]);
    fails = false;
    await flushAfter(4_999);
    expect(stored).toEqual([]);
    await flushAfter(1);
    expect(stored.map(calls)).toEqual([1]);
    expect(flushed).toEqual(['wx1']);
  });

  it('stores each account in a write of its own, one flush at a time', async () => {
    recorder.count(call());
    recorder.count(call({ appId: 'wx2' }));
    clock.set(START + 5_000);
    await Promise.all([recorder.flush(), recorder.flush()]);
    expect(stored.map(({ appId }) => appId)).toEqual(['wx1', 'wx2']);
  });

  it('begins under a new name when it has forgotten a day, so that nothing stored is overwritten', async () => {
    recorder.count(call());
    await flushAfter(5_000);
    for (let n = 0; n < 1_200; n += 1) recorder.count(call({ appId: `many${n}` }));
    await flushAfter(5_000);
    clock.set(START);
    recorder.count(call());
    await flushAfter(5_000);
    const ofDay = stored.filter(({ appId, day }) => appId === 'wx1' && day === '20261120');
    expect(ofDay.map(calls)).toEqual([1, 1]);
    expect(new Set(ofDay.map(({ countedBy }) => countedBy)).size).toBe(2);
  });

  it('stores sooner when the clock went back', async () => {
    recorder.count(call());
    await flushAfter(-1);
    expect(stored).toHaveLength(1);
  });

  it.each([
    ['an errcode', { status: 200, errcode: 40003, bytes: 2 }, { errors: 1, errcodes: { '40003': 1 } }],
    ['no errcode', { status: 200, errcode: undefined, bytes: 2 }, { errors: 0, errcodes: {} }],
    ['errcode 0', { status: 200, errcode: 0, bytes: 2 }, { errors: 0, errcodes: {} }],
    ['an HTTP error', { status: 412, errcode: undefined, bytes: 0 }, { errors: 1, errcodes: { 'http-412': 1 } }],
    ['no answer', undefined, { errors: 1, errcodes: { [NO_ANSWER]: 1 }, answerBytes: 0 }],
  ])('counts %s as what it is', async (_what, answer, row) => {
    recorder.count(call({ answer }));
    await flushAfter(5_000);
    expect(stored[0]?.usage.rows).toEqual([expect.objectContaining({ calls: 1, refused: 0, ...row })]);
  });

  it('counts a refusal by its cause and not as a call', async () => {
    recorder.refuse({ appId: 'wx1', callerId: 'caller01', path: USER, cause: 'not-granted' });
    await flushAfter(5_000);
    const refused = { calls: 0, errors: 0, refused: 1, refusals: { 'not-granted': 1 } };
    expect(stored[0]?.usage.rows).toEqual([expect.objectContaining(refused)]);
    expect(stored[0]?.usage.hours['23']).toMatchObject({ calls: 0, refused: 1, endpoints: {} });
  });
});
