import { describe, expect, it } from 'vitest';
import type { SecretExamination, UpstreamExamination } from '#shared/diagnosis/examination.ts';
import { failed, ok, warning } from '../../infra/operator/doctor/check.ts';
import { checkAccess } from '../../infra/operator/doctor/check-access.ts';
import { checkAddress } from '../../infra/operator/doctor/check-address.ts';
import { checkSchedules } from '../../infra/operator/doctor/check-schedules.ts';
import type { KnownAccount } from '../../infra/operator/doctor/check-table.ts';
import { checkUpstream } from '../../infra/operator/doctor/check-upstream.ts';
import { diagnosisOf } from '../../infra/operator/doctor/diagnosis.ts';
import type { Patient } from '../../infra/operator/doctor/patient.ts';
import type { LogQuery } from '../../infra/operator/log-reader.ts';
import type { OperatorGateway } from '../../infra/operator/operator-gateway.ts';
import type { Surroundings } from '../../infra/operator/surroundings.ts';
import type { Target } from '../../infra/operator/target.ts';
import { createMovableClock } from '../movable-clock.ts';
import { tokenState } from './token-states.ts';

const TARGET: Target = {
  name: 'stage prod',
  tableName: 'state',
  secretPrefix: 'wechat-gateway/prod/',
  refreshFunctionName: 'refresh',
  syncFunctionName: 'sync',
  quotasFunctionName: 'quotas',
  apiUrl: 'https://api.example',
  egressAddresses: ['203.0.113.7', '203.0.113.8'],
  schedules: { refresh: 'prod-refresh' },
  logs: { kind: 'groups', groups: { 'refresh-access-token': 'group' } },
};

/** A stage whose parts answer as told. */
function patientWith(parts: Partial<OperatorGateway>, target: Target = TARGET): Patient {
  const described = { target, stackStatus: 'UPDATE_COMPLETE', outputs: [] };
  const gateway = { target, ...parts } as OperatorGateway; // What a check does not look at is not there.
  const surroundings: Surroundings = {
    name: target.name,
    isLocal: false,
    commandLine: (command) => `operator ${command}`,
    identity: async () => ({ awsAccount: '123456789012', arn: 'arn:aws:iam::123456789012:user/o' }),
    describe: async () => described,
    connect: () => gateway,
  };
  return { surroundings, described, gateway, clock: createMovableClock(), tell: () => undefined };
}

const ACCOUNT = { appId: 'wx1', displayName: 'Shop', mode: 'stable', testAccount: false, addedAt: 0 } as const;
const known = (state?: KnownAccount['state']): KnownAccount => ({ account: ACCOUNT, state });

const refused = (errcode: number, egressAddress?: string): SecretExamination => ({
  kind: 'failed',
  failure: { class: 'rejected', cause: 'errcode', errcode, egressAddress },
});

/** What is said of the clocks when this machine's, which stands still, and WeChat's are so far ahead of the function's. */
const clocksOf = async (machineMs: number, wechatMs?: number) => {
  const patient = patientWith({});
  const host = {
    origin: 'https://api.weixin.qq.com',
    kind: 'answered',
    connectMs: 1,
    answerMs: 1,
    status: 200,
  } as const;
  const startedAt = patient.clock.now() - machineMs;
  const answer: UpstreamExamination = {
    kind: 'upstream',
    startedAt,
    tookMs: 0,
    hosts: [{ ...host, clockAheadMs: wechatMs }],
  };
  const examiner = { upstream: async () => answer, account: () => Promise.reject(new Error('not asked for')) };
  const { checks } = await checkUpstream(patientWith({ examiner }));
  return checks.find(({ name }) => name === 'clocks');
};

describe('the doctor on a stack', () => {
  it.each([
    ['CREATE_COMPLETE', 'ok'],
    ['UPDATE_COMPLETE', 'ok'],
    ['UPDATE_IN_PROGRESS', 'warning'],
    ['UPDATE_ROLLBACK_COMPLETE', 'warning'],
    ['UPDATE_ROLLBACK_FAILED', 'failed'],
    ['ROLLBACK_COMPLETE', 'failed'],
    ['DELETE_IN_PROGRESS', 'failed'],
  ])('takes %s for %s', async (stackStatus, state) => {
    const { surroundings, described: found } = patientWith({});
    const described = { ...found, stackStatus };
    const { checks } = await checkAccess({ ...surroundings, describe: async () => described }, () => undefined);
    expect(checks.map((check) => check.state)).toEqual(['ok', state]);
  });
});

describe('the doctor on the address that WeChat sees', () => {
  const accepted = { kind: 'accepted' } as const;
  it.each([
    ["one of the stack's own", accepted, '203.0.113.7', 'ok', /one of the stack's own/],
    ["none of the stack's own", accepted, '198.51.100.1', 'warning', /none of the stack's own: 203\.0\.113\.7/],
    ['unknown', accepted, undefined, 'ok', /did not tell/],
    ['not to be told after another refusal', refused(40125), undefined, 'skipped', /did not tell/],
    ['refused', refused(40164, '203.0.113.7'), '203.0.113.7', 'failed', /does not hold 203\.0\.113\.7 \(errcode 40164/],
    [
      "refused, and none of the stack's own",
      refused(40164, '198.51.100.1'),
      undefined,
      'failed',
      /It is none of the stack's/,
    ],
    ['to be confirmed', refused(89503), undefined, 'failed', /wants the administrator of wx1 to confirm/],
  ] as const)('that is %s', (_what, secret, addressSeen, state, finding) => {
    const examined = { kind: 'examined', secret, token: 'works', addressSeen, callback: { kind: 'unknown' } } as const;
    const check = checkAddress(patientWith({}), known(), examined);
    expect(check).toMatchObject({ state, finding: expect.stringMatching(finding) });
  });
});

describe('the doctor on clocks', () => {
  it.each([
    [0, 400, 'ok', "This machine's and the function's agree; WeChat's agrees."],
    [2_900, undefined, 'ok', "This machine's and the function's agree; WeChat tells no time."],
    [40_000, 0, 'warning', "This machine's clock is 40 s ahead of the function's."],
    [-40_000, 0, 'warning', "This machine's clock is 40 s behind the function's."],
    [0, 90_000, 'warning', "The function's clock is 1 min 30 s behind WeChat's."],
  ])('of this machine %i ms and of WeChat %s ms ahead', async (machineMs, wechatMs, state, finding) => {
    expect(await clocksOf(machineMs, wechatMs)).toMatchObject({ state, finding });
  });
});

describe('the doctor on the schedule that refreshes', () => {
  const asked: LogQuery[] = [];
  const check = async (lastTickAgoMs: number | undefined, overdueMs = 0, cooldownMs?: number) => {
    const now = createMovableClock().now();
    const patient = patientWith({
      openSchedules: async () => ({ read: async () => ({ enabled: true, expression: 'rate(1 minute)' }) }),
      openLogs: async () => ({
        read: async (query) => {
          asked.push(query);
          return lastTickAgoMs === undefined ? [] : [{ at: now - lastTickAgoMs, text: '', id: '' }];
        },
      }),
    });
    const state = tokenState({
      nextDueAt: now - overdueMs,
      cooldownEnd: cooldownMs === undefined ? 0 : now + cooldownMs,
    });
    return (await checkSchedules(patient, [known(state)]))[0];
  };

  it('is content with a tick in the last minutes, which its measurements show', async () => {
    expect(await check(30_000)).toMatchObject({ state: 'ok', finding: expect.stringContaining('ended 30 s ago') });
    expect(asked.at(-1)).toMatchObject({ functionName: 'refresh-access-token', metric: 'RefreshOverdue' });
  });

  it('warns when no tick has been seen, as after a first deployment', async () => {
    expect(await check(undefined)).toMatchObject({
      state: 'warning',
      finding: expect.stringContaining('in the last 10 minutes'),
    });
    expect(await check(300_000)).toMatchObject({ state: 'warning', finding: expect.stringContaining('for 5 min 0 s') });
  });

  it('fails when an account is overdue, but not while it pauses after a failure', async () => {
    expect(await check(30_000, 180_000)).toMatchObject({
      state: 'failed',
      finding: expect.stringContaining('due for 3 min 0 s'),
    });
    expect(await check(30_000, 180_000, 60_000)).toMatchObject({ state: 'ok' });
  });

  it('fails when somebody has deleted it', async () => {
    const patient = patientWith({ openSchedules: async () => ({ read: async () => undefined }) });
    const [deleted] = await checkSchedules(patient, []);
    expect(deleted).toMatchObject({ state: 'failed', finding: expect.stringContaining('prod-refresh does not exist') });
  });
});

const stopped = async () => ({ read: async () => ({ enabled: false, expression: 'cron(0 7 * * ? *)' }) });

describe('the doctor on the schedules of every morning', () => {
  it.each([
    ['sync', "WeChat's IP lists are not synced."],
    ['quotas', 'Nobody asks WeChat how far quotas are used.'],
  ])('fails when the one for %s is stopped', async (name, consequence) => {
    const target = { ...TARGET, schedules: { [name]: `prod-${name}` } };
    const checks = await checkSchedules(patientWith({ openSchedules: stopped }, target), []);
    expect(checks.filter(({ state }) => state !== 'skipped')).toEqual([
      failed(
        `${name} schedule`,
        `The schedule prod-${name} is disabled. ${consequence}`,
        expect.stringMatching(/^Enable/),
      ),
    ]);
  });
});

describe('the diagnosis', () => {
  it('begins with the first failure and its remedy, and holds every check and remedy', () => {
    const checks = [
      ok('table', 'It answers.'),
      warning('clocks', 'Off.', 'Set it.'),
      failed('token', 'Dead.', 'Refresh.'),
      { ...failed('address', 'Refused.', 'Enter it.'), account: 'wx1' },
    ];
    const { text, json, failed: isFailed } = diagnosisOf('stage prod', checks);
    expect(isFailed).toBe(true);
    expect(text.split('\n')).toEqual([
      'Dead.',
      'Do this: Refresh.',
      'Then settle what is left: 1 more check fails, perhaps for the same cause.',
      '',
      '      CHECK    ACCOUNT  FOUND',
      'ok    table             It answers.',
      'WARN  clocks            Off.',
      'FAIL  token             Dead.',
      'FAIL  address  wx1      Refused.',
      '',
      'FAIL address of wx1: Enter it.',
      'WARN clocks: Set it.',
    ]);
    expect(json).toMatchObject({ healthy: false, cause: 'Dead.', remedy: 'Refresh.', checks });
  });
});
