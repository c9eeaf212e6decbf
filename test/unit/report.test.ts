import { expect, it } from 'vitest';
import { createReport } from '#shared/lambda/report.ts';

it('writes a log line and the measurements of the same moment at once, a line each', () => {
  const written: string[] = [];
  const report = createReport({
    write: (lines) => void written.push(lines),
    stage: 'prod',
    clock: { now: () => 1_750_000_000_000 },
  });
  report('WARN', { event: 'call', status: 200 }, { Calls: 1, OwnLatency: 2 });
  report('INFO', { event: 'call', status: 200 }, { Calls: 1, OwnLatency: 3 });
  expect(written).toHaveLength(2);
  const [line, metric, rest] = (written[1] ?? '').split('\n');
  expect(JSON.parse(line ?? '')).toMatchObject({ level: 'INFO', event: 'call', status: 200 });
  expect(JSON.parse(metric ?? '')).toMatchObject({ stage: 'prod', Calls: 1, OwnLatency: 3 });
  expect(rest).toBe('');
});
