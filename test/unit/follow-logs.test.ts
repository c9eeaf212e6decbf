import { expect, it } from 'vitest';
import { followLogs } from '../../infra/operator/follow-logs.ts';
import { logLine } from '../../infra/operator/log-line.ts';
import type { LogEntry } from '../../infra/operator/log-reader.ts';
import { createMovableClock } from '../movable-clock.ts';

const FORM = { json: false, withDay: false };

it('following shows each line once, also one that can be read only after later ones, and ends when told', async () => {
  const clock = createMovableClock();
  const interrupted = new AbortController();
  const start = clock.now();
  const written: LogEntry[] = [];
  const write = (text: string, at: number) => written.push({ at, text, id: text, functionName: 'call-wechat-api' });
  const asked: number[] = [];
  const logs = {
    read: async ({ since }: { readonly since: number }) => {
      asked.push(since);
      return written.filter(({ at }) => at >= since);
    },
  };
  const shown: string[] = [];
  write('old', start - 3_600_000);
  const following = followLogs(
    { logs, clock, signal: interrupted.signal, show: ({ text }) => void shown.push(text) },
    { since: start - 7_200_000 },
  );
  await clock.advance(2_000);
  write('second', start + 1_900);
  await clock.advance(2_000);
  write('first', start + 1_000);
  await clock.advance(120_000);
  expect(shown).toEqual(['old', 'second', 'first']);
  // What is far back is not read again and again.
  expect(asked.at(-1)).toBeGreaterThan(start);
  interrupted.abort();
  await following;
});

it.each([
  [
    'a line of ours',
    '{"level":"INFO","timestamp":"2026-11-21T00:00:00.000Z","event":"refresh","account":"wx1","outcome":"kept"}',
    expect.stringMatching(/^call-wechat-api +\d\d:\d\d:\d\d refresh wx1 kept$/),
  ],
  [
    'an error of the runtime',
    '{"timestamp":"x","level":"ERROR","message":{"errorType":"Runtime.ImportModuleError"}}',
    expect.stringMatching(/Runtime\.ImportModuleError/),
  ],
  [
    'what is no JSON, without its control characters',
    'a warning\u001b[31m',
    expect.stringMatching(/^call-wechat-api +\d\d:\d\d:\d\d a warning \[31m$/),
  ],
  ['measurements', '{"_aws":{},"Calls":1}', undefined],
  ["Lambda's own report", '{"time":"x","type":"platform.report","record":{}}', undefined],
])('people see of %s what they need', (_what, text, expected) => {
  const line = logLine({ at: 0, text, id: '', functionName: 'call-wechat-api' }, FORM);
  expect(line).toEqual(expected);
});

it('programs see everything, with moment and function, and people the day when they look far back', () => {
  const entry = { at: 0, text: '{"_aws":{},"Calls":1}', id: '', functionName: 'call-wechat-api' } as const;
  expect(JSON.parse(logLine(entry, { ...FORM, json: true }) ?? '')).toEqual({
    at: '1970-01-01T00:00:00.000Z',
    function: 'call-wechat-api',
    _aws: {},
    Calls: 1,
  });
  const day = logLine({ ...entry, at: Date.UTC(2026, 10, 21, 12), text: 'x' }, { ...FORM, withDay: true });
  expect(day).toMatch(/ 2026-11-2[12] \d\d:\d\d:\d\d x$/);
});
