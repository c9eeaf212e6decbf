import { describe, expect, it, type TestContext } from 'vitest';
import { PROJECT_ENGINE } from '../dynamodb-engine.ts';
import { TABLE_NAME } from '../gateway-rig.ts';
import { startFaultScene } from './fault-scene.ts';
import { shortenTimers } from './shortened-timers.ts';
import { startUnsteadyTable } from './unsteady-table.ts';

const MODES = ['stable', 'classic'] as const;
const MINUTE_MS = 60_000;
const ENVIRONMENTS = 4;
const SEED = 20_261_121;

/** Warm environments on a table that a test spoils. */
async function startScene(mode: (typeof MODES)[number], test: TestContext, beforeDueMs: number) {
  shortenTimers(test);
  const engine = await PROJECT_ENGINE.start(TABLE_NAME);
  test.onTestFinished(() => engine.close());
  const table = await startUnsteadyTable(engine.endpoint, SEED);
  const scene = await startFaultScene(mode, test, { environments: ENVIRONMENTS, beforeDueMs, dynamodb: table });
  return { ...scene, table };
}

describe.each(MODES)('with a %s account, while the table', (mode) => {
  it('refuses half of the requests for five minutes, warm environments answer, and nothing is issued without a lease', async (test) => {
    const scene = await startScene(mode, test, 2.5 * MINUTE_MS);
    const { table, answers } = scene;
    const before = await scene.state();
    const [leases, issues] = [table.leases, scene.issues()];
    table.health = 'throttling';
    await scene.pass(5 * MINUTE_MS);
    table.health = 'well';

    expect(table.refused).toBeGreaterThan(100);
    expect(answers.length).toBeGreaterThanOrEqual(ENVIRONMENTS * 80);
    expect(scene.failed().length).toBeLessThanOrEqual(0.01 * answers.length);
    expect(scene.failed().filter(({ errcode }) => errcode !== -1)).toEqual([]);
    expect(scene.issues() - issues).toBeLessThanOrEqual(table.leases - leases);
    await scene.pass(MINUTE_MS);
    expect((await scene.state()).token.receivedAt).toBeGreaterThan(before.token.receivedAt);
    expect(await scene.callAll([scene.rig.callEnvironment()])).toMatchObject([{ errcode: 0 }]);
  });

  it('is down for two minutes, warm environments answer with the token they hold, cold ones -1, and nothing is issued', async (test) => {
    // In the middle of the outage the token falls due.
    const scene = await startScene(mode, test, MINUTE_MS);
    const { rig, table, answers } = scene;
    const issues = scene.issues();
    const { token } = await scene.state();
    const { length: logged } = rig.simulator.log.entries;
    table.health = 'down';
    await scene.pass(2 * MINUTE_MS);
    expect(answers.length).toBeGreaterThanOrEqual(ENVIRONMENTS * 30);
    expect(scene.failed().length).toBeLessThanOrEqual(0.01 * answers.length);
    const sent = rig.simulator.log.entries.slice(logged).map(({ query }) => query.get('access_token'));
    expect(new Set(sent)).toEqual(new Set([token.value]));
    expect(await scene.callAll([rig.callEnvironment()])).toMatchObject([{ errcode: -1 }]);
    expect(scene.issues()).toBe(issues);

    table.health = 'well';
    await scene.pass(MINUTE_MS);
    expect(scene.issues()).toBe(issues + 1);
    expect((await scene.state()).token.receivedAt).toBeGreaterThan(token.receivedAt);
    expect(await scene.callAll([rig.callEnvironment()])).toMatchObject([{ errcode: 0 }]);
  });
});
