import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it, type TestContext } from 'vitest';
import { startFaultScene } from './fault-scene.ts';
import { shortenTimers } from './shortened-timers.ts';

const MODES = ['stable', 'classic'] as const;
type Mode = (typeof MODES)[number];
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NEW_SECRET = 'b'.repeat(32);
/** How long the hour's first part lasts, in which nothing is due: stable tokens are due 4.5 minutes before their end, classic ones an hour. */
const NOTHING_DUE_MS: Readonly<Record<Mode, number>> = { stable: 55 * MINUTE_MS, classic: 20 * MINUTE_MS };
const isTrouble = (line: string): boolean => /"outcome":"(failed|errored|cooling)"/.test(line);

async function startScene(mode: Mode, test: TestContext, beforeDueMs: number) {
  shortenTimers(test);
  return startFaultScene(mode, test, { beforeDueMs });
}

describe.each(MODES)('Secrets Manager that is down for an hour, with a %s account,', (mode) => {
  it('is noticed by nobody until a refresh needs it; then the stored token is served to its end, and alarms go on', async (test) => {
    const scene = await startScene(mode, test, NOTHING_DUE_MS[mode]);
    const { rig, clock, answers } = scene;
    const { token, nextDueAt } = await scene.state();
    const [from, issues] = [clock.now(), scene.issues()];
    const { length: written } = rig.lines;
    rig.secrets.failWith(503);
    await scene.pass(NOTHING_DUE_MS[mode] - 1, { everyMs: 20_000 });
    expect(rig.lines.slice(written).filter(isTrouble)).toEqual([]);
    expect(scene.alarmsSince(from)).toEqual([]);

    await scene.pass(from + HOUR_MS - clock.now(), { everyMs: 20_000 });
    rig.secrets.recover();
    expect(scene.failed().filter(({ at }) => at < token.expiresAt)).toEqual([]);
    expect(answers.filter(({ at, cause }) => at >= token.expiresAt && cause !== 'no-token')).toEqual([]);
    expect(scene.issues()).toBe(issues);
    // One trouble, told by the alarm that it has and by those that say how near it has come to callers.
    expect(scene.alarmsSince(nextDueAt)).toEqual(
      mode === 'stable'
        ? ['refresh-overdue', 'token-life-short', 'refresh-failing']
        : ['refresh-overdue', 'refresh-failing'],
    );
    await scene.pass(MINUTE_MS, { everyMs: 20_000 });
    expect(await scene.callAll([rig.callEnvironment()])).toMatchObject([{ errcode: 0 }]);
    expect(scene.issues()).toBe(issues + 1);
  });
});

describe.each(MODES)('an app secret that an operator replaces, with a %s account,', (mode) => {
  it('is in use within 60 s of the first refusal of the one before, and no call fails', async (test) => {
    const scene = await startScene(mode, test, 2 * MINUTE_MS);
    const { rig, clock, wechat, account } = scene;
    const { token } = await scene.state();
    const dueBy = clock.now() + 3 * MINUTE_MS;
    // Entered at WeChat first; the operator sets ours when refreshing has failed.
    wechat.setSecret(NEW_SECRET);
    rig.canary.mark('app secret', NEW_SECRET);
    const refusals = () => rig.simulator.log.entries.filter(({ answeredErrcode }) => answeredErrcode === 40125);
    while (refusals().length === 0 && clock.now() < dueBy) await scene.pass(20_000);
    const [firstRefusal] = refusals();
    const SecretId = `${rig.secretPrefix}${account.appId}`;
    const SecretString = JSON.stringify({ appSecret: NEW_SECRET });
    await rig.secretsManager.send(new PutSecretValueCommand({ SecretId, SecretString }));
    const replacedAt = clock.now();
    let renewed = await scene.state();
    while (renewed.token.fingerprint === token.fingerprint && clock.now() < replacedAt + 2 * MINUTE_MS) {
      await scene.pass(5_000);
      renewed = await scene.state();
    }
    expect(renewed.token.fingerprint).not.toBe(token.fingerprint);
    expect(renewed.token.sentAt - (firstRefusal?.at ?? 0)).toBeLessThanOrEqual(60_000);
    expect(refusals()).toHaveLength(1);
    expect(scene.failed()).toEqual([]);
    expect(clock.now()).toBeLessThan(token.expiresAt);
  });
});
