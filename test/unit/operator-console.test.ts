import { describe, expect, it } from 'vitest';
import { ALARMS, alarmName } from '#shared/alarm/alarm-catalogue.ts';
import { MalformedItem } from '#shared/table/malformed-item.ts';
import type { DayUsage, HourUsage } from '#shared/usage/day-usage.ts';
import type { ShownAccount } from '../../infra/operator/console/account-list.ts';
import type { AccountUsage } from '../../infra/operator/console/account-usage.ts';
import { alarmList } from '../../infra/operator/console/alarm-list.ts';
import type { ConsoleParts } from '../../infra/operator/console/console-state.ts';
import { errorTexts } from '../../infra/operator/console/errcode-texts.ts';
import { shownHours } from '../../infra/operator/console/hours.ts';
import { kept } from '../../infra/operator/console/kept.ts';
import { partOf } from '../../infra/operator/console/part.ts';
import { readRunbook } from '../../infra/operator/console/runbook.ts';
import { verdictOf } from '../../infra/operator/console/verdict.ts';
import { createMovableClock } from '../movable-clock.ts';

const NOON = Date.UTC(2026, 10, 20, 4);
const HOUR_MS = 3_600_000;

const account = (displayName: string, condition: ShownAccount['condition']) =>
  ({ displayName, condition }) as ShownAccount; // The verdict looks at no more.

const partsWith = (parts: Partial<ConsoleParts>): ConsoleParts => ({
  accounts: { value: [] },
  usage: { value: { hours: { starts: [], accounts: [] }, errors: {}, quotas: [], callers: [] } },
  serverIps: { value: [] },
  alarms: { value: null },
  ...parts,
});
const verdictOn = (...accounts: readonly ShownAccount[]) => verdictOf(partsWith({ accounts: { value: accounts } }));

describe('the verdict', () => {
  it.each([
    ['nothing to speak of', [], 'idle', 'No account has been added yet'],
    ['one that is well', ['alive'], 'good', 'The account is alive'],
    ['all well', ['alive', 'alive', 'disabled'], 'good', 'All 2 accounts alive, 1 disabled'],
    ['none that works', ['disabled', 'disabled'], 'idle', 'Every account is disabled'],
    ['one that fails', ['alive', 'failing'], 'warning', 'B cannot be refreshed; its token lives on'],
    ['one that nobody refreshes', ['overdue', 'alive'], 'critical', 'A is not being refreshed'],
    ['the worst first', ['failing', 'dead', 'dead'], 'critical', '2 of 3 accounts have no token that works: B, C'],
    [
      'a few names of many',
      ['dead', 'dead', 'dead', 'dead', 'dead'],
      'critical',
      '5 of 5 accounts have no token that works: A, B, C and 2 more',
    ],
  ] as const)('names %s', (_what, conditions, level, headline) => {
    const accounts = conditions.map((condition, index) => account('ABCDE'.charAt(index), condition));
    expect(verdictOn(...accounts)).toMatchObject({ level, headline });
  });

  it('puts a critical alarm before an account that still has its token, and a warning after', () => {
    const accounts = { value: [account('A', 'failing')] };
    const verdictWith = (severity: 'critical' | 'warning') => {
      const alarm = {
        id: 'x',
        title: 'It burns',
        severity,
        state: 'on',
        since: '',
        reason: '',
        advice: null,
        runbook: '',
      };
      return verdictOf(partsWith({ accounts, alarms: { value: [{ ...alarm, state: 'on' }] } })).headline;
    };
    expect([verdictWith('critical'), verdictWith('warning')]).toEqual([
      'Alarm: It burns',
      'A cannot be refreshed; its token lives on',
    ]);
  });

  it('is no good when something could not be read', () => {
    const verdict = verdictOf(
      partsWith({ accounts: { value: [account('A', 'alive')] }, alarms: { trouble: 'denied' } }),
    );
    expect(verdict).toMatchObject({ level: 'warning', headline: 'Not all can be read: denied' });
  });
});

const state = (id: string, on: 'on' | 'off', since: number) => ({
  name: alarmName('prod', { id }),
  state: on,
  since,
  reason: '',
});

describe('the alarms', () => {
  it('have advice from the runbook, every one of the catalogue', () => {
    const runbook = readRunbook();
    expect(ALARMS.filter(({ section }) => !runbook.has(section)).map(({ section }) => section)).toEqual([]);
    for (const { look, action } of runbook.values()) expect(`${look}${action}`).not.toMatch(/[*`]|\]\(|\s{2}/);
  });

  it('come with the critical ones first and those that are over last; others than ours are left out', async () => {
    const states = [
      state('upstream-slow', 'off', NOON),
      state('upstream-slow', 'on', NOON),
      state('refresh-overdue', 'on', NOON - HOUR_MS),
      state('token-life-short', 'on', NOON),
      state('of-an-older-version', 'on', NOON),
    ];
    const shown = await alarmList({ read: async () => states }, 'prod', NOON);
    expect(shown.map(({ id, state: on }) => `${id} ${on}`)).toEqual([
      'token-life-short on',
      'refresh-overdue on',
      'upstream-slow on',
      'upstream-slow off',
    ]);
  });
});

const hour = (calls: number): HourUsage => ({ calls, errors: 0, refused: 0, errcodes: {}, endpoints: {} });
const day = (hours: Readonly<Record<string, HourUsage>>): DayUsage => ({ rows: [], hours });

describe('the hours of the charts', () => {
  const usages = [
    {
      account: { appId: 'wx1' },
      today: day({ 0: hour(1), 12: hour(2) }),
      yesterday: day({ 12: hour(3), 13: hour(4), 23: hour(5) }),
    },
    { account: { appId: 'wx2' }, today: day({}), yesterday: day({}) },
  ] as unknown as readonly AccountUsage[]; // No more is looked at.

  it('are the last 24 across midnight in UTC+8, the present one last', () => {
    const { starts, accounts } = shownHours(usages, NOON + 1_000);
    expect([starts.length, starts[0], starts.at(-1)]).toEqual([
      24,
      '2026-11-19T05:00:00.000Z',
      '2026-11-20T04:00:00.000Z',
    ]);
    expect(accounts.map(({ appId }) => appId)).toEqual(['wx1']);
    const calls = accounts[0]?.hours.map((one) => one.calls) ?? [];
    expect([calls[0], calls[10], calls[11], calls[23]]).toEqual([4, 5, 1, 2]);
    expect(calls.reduce((sum, one) => sum + one)).toBe(12);
  });
});

describe('the errors of the charts', () => {
  it('have a meaning each, those without an errcode too', () => {
    const names = ['40003', '12345', 'no-answer', 'http-502', 'other'];
    const errcodes = Object.fromEntries(names.map((name) => [name, 1]));
    const hours = [{ calls: 5, errors: 5, refused: 0, errcodes }];
    const texts = errorTexts({ starts: [], accounts: [{ appId: 'wx1', hours }] });
    expect(names.map((name) => texts[name]?.meaning)).toEqual([
      'invalid openid',
      'not in the catalogue',
      expect.stringContaining('no whole answer'),
      expect.stringContaining('HTTP error'),
      expect.stringContaining('counted together'),
    ]);
  });
});

describe('a part of the page', () => {
  it('says what is wrong with what is stored without its value, and of an unforeseen error no more than its name', async () => {
    expect(await partOf(() => Promise.reject(new MalformedItem('TOKEN#wx1', 'mode')))).toEqual({
      trouble: 'The item TOKEN#wx1 has no usable attribute "mode"',
    });
    const trouble = 'An error that nobody foresaw (TypeError)';
    expect(await partOf(() => Promise.reject(new TypeError('secret')))).toEqual({ trouble });
  });

  it('is read once for all who ask within its time, and again after a failure', async () => {
    const clock = createMovableClock();
    let reads = 0;
    const read = kept(
      () => ((reads += 1) === 2 ? Promise.reject(new Error('away')) : Promise.resolve(reads)),
      5_000,
      clock,
    );
    expect(await Promise.all([read(), read()])).toEqual([1, 1]);
    clock.set(clock.now() + 5_000);
    await expect(read()).rejects.toThrow('away');
    expect(await read()).toBe(3);
    clock.set(clock.now() - 60_000);
    expect(await read()).toBe(4);
  });
});
