import { describe, expect, it } from 'vitest';
import { startFaultScene } from './fault-scene.ts';
import { ISSUE_PATHS } from './refresh-scene.ts';

const MINUTE_MS = 60_000;
const WATCHED_MS = 30 * MINUTE_MS;

/** What WeChat says, the alarm that names the cause, and the most issues in half an hour. */
const REFUSALS = [
  [45009, 'issue-quota-reached', 2],
  [45011, 'issue-quota-reached', 2],
  [40164, 'egress-address-refused', 7],
  [40125, 'app-secret-unusable', 7],
  [40013, 'issue-refused', 7],
  [89503, 'admin-confirmation-needed', 7],
] as const;

// How long each mode pauses is shown in refresh-access-token-rejections: here callers and ticks keep asking, before and after the token's end.
describe('a token endpoint that refuses to issue', () => {
  it.for(REFUSALS)(
    'with %i sets off the alarm %s and no other, and is called %i times in half an hour at most',
    async ([errcode, alarm, most], test) => {
      const scene = await startFaultScene('stable', test, { beforeDueMs: MINUTE_MS });
      const { clock, faults, answers } = scene;
      const { token, nextDueAt } = await scene.state();
      const issues = scene.issues();
      faults.add({ kind: 'errcode', errcode, path: ISSUE_PATHS.stable, times: Infinity });
      await scene.pass(2 * MINUTE_MS, { everyMs: 20_000 });
      expect(scene.alarmsSince(nextDueAt)).toEqual([alarm]);
      await scene.pass(nextDueAt + WATCHED_MS - clock.now(), { everyMs: 30_000 });
      expect(scene.issues() - issues).toBeGreaterThan(0);
      expect(scene.issues() - issues).toBeLessThanOrEqual(most);
      expect(scene.failed().filter(({ at }) => at < token.expiresAt)).toEqual([]);
      expect(answers.filter(({ at, cause }) => at >= token.expiresAt && cause !== 'no-token')).toEqual([]);
    },
  );
});
