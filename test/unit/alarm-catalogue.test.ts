import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ALARMS, alarmName, alarmOfName } from '#shared/alarm/alarm-catalogue.ts';
import { isTraceOf, logFilter } from '#shared/alarm/log-filter.ts';

const RUNBOOK = join(import.meta.dirname, '../../docs/runbook.md');
const DAY_SECONDS = 86_400;

/** The anchors that GitHub makes of a page's headings, and those that it sets itself. */
function anchorsIn(markdown: string): ReadonlySet<string> {
  const headings = [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, text = '']) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
  const named = [...markdown.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, anchor = '']) => anchor);
  return new Set([...headings, ...named]);
}

describe('the catalogue of alarms', () => {
  it('gives each alarm an id of its own that fits in a name and an anchor', () => {
    const ids = ALARMS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([]);
    expect(ALARMS.map(({ section }) => section).filter((section) => !/^[a-z0-9-]+$/.test(section))).toEqual([]);
  });

  it('gives each a severity and a title that says what has happened without our metrics’ names', () => {
    expect(ALARMS.filter(({ severity }) => !['critical', 'warning'].includes(severity))).toEqual([]);
    const titles = ALARMS.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
    expect(titles.filter((title) => title.length < 20 || title.length > 100)).toEqual([]);
    expect(ALARMS.filter(({ title, metric }) => title.includes(metric.name))).toEqual([]);
    // They stand in the subjects of e-mails, which SNS takes in ASCII only.
    expect(titles.filter((title) => !/^[ -~]+$/.test(title))).toEqual([]);
  });

  it('has for each a section in the runbook', () => {
    const anchors = existsSync(RUNBOOK) ? anchorsIn(readFileSync(RUNBOOK, 'utf8')) : new Set<string>();
    const missing = ALARMS.filter(({ section }) => !anchors.has(section)).map(({ section }) => section);
    expect([...new Set(missing)]).toEqual([]);
  });

  it('is as bad in the runbook as in its notice, where a section is one alarm’s', () => {
    const sections = new Map(
      [...readFileSync(RUNBOOK, 'utf8').matchAll(/^## ([a-z0-9-]+)\n\n(\w+)\./gm)].map(([, id, word]) => [id, word]),
    );
    const differing = ALARMS.filter(
      ({ id, section, severity }) => id === section && sections.get(id)?.toLowerCase() !== severity,
    );
    expect(differing.map(({ id }) => id)).toEqual([]);
  });

  it('asks of CloudWatch only what it can do', () => {
    const cannot = ALARMS.filter(({ datapointsToAlarm, evaluationPeriods, periodSeconds }) => {
      // PutMetricAlarm: a day in all, a week for periods of an hour and more.
      const longest = periodSeconds >= 3_600 ? 7 * DAY_SECONDS : DAY_SECONDS;
      return datapointsToAlarm > evaluationPeriods || periodSeconds * evaluationPeriods > longest;
    });
    expect(cannot).toEqual([]);
  });

  it('is found again by the name that CloudWatch knows an alarm by, in its own stage only', () => {
    for (const alarm of ALARMS) expect(alarmOfName('prod', alarmName('prod', alarm))).toBe(alarm);
    expect(alarmOfName('prod', 'wechat-gateway-test-api-5xx')).toBeUndefined();
    expect(alarmOfName('prod', 'wechat-gateway-prod-something')).toBeUndefined();
  });
});

describe('the trace of an alarm in the logs', () => {
  const logs = {
    sources: ['call-wechat-api'],
    lines: [
      { event: ['call'], errcode: [40164, 61004] },
      { type: ['platform.report'], 'record.status': ['timeout'] },
    ],
  } as const;

  it('is a filter as CloudWatch Logs takes it', () => {
    expect(logFilter({ logs })).toBe(
      '{ ((($.event = "call") && ($.errcode = 40164 || $.errcode = 61004)) || (($.type = "platform.report") && ($.record.status = "timeout"))) }',
    );
    expect(logFilter({})).toBeUndefined();
  });

  it.each([
    [true, { event: 'call', errcode: 40164, account: 'wx1' }],
    [true, { type: 'platform.report', record: { status: 'timeout' } }],
    [false, { event: 'call', errcode: '40164' }],
    [false, { event: 'refresh', errcode: 40164 }],
    [false, { event: 'call' }],
    [false, { type: 'platform.report', record: null }],
    [false, { type: 'platform.report' }],
  ])('is, or is not (%j), in the line %j', (expected, line) => {
    expect(isTraceOf({ logs }, line)).toBe(expected);
  });

  it('is short enough a filter for every alarm', () => {
    const tooLong = ALARMS.filter((alarm) => (logFilter(alarm)?.length ?? 0) > 1_024).map(({ id }) => id);
    expect(tooLong).toEqual([]);
  });
});
