import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TokenStore, WriteOutcome } from '#shared/access-token/token-store.ts';
import { createMemoryTokenStore } from '../memory-token-store.ts';
import { onEveryEngine } from './every-engine.ts';
import { NOW, newAppId, subjectOn, tokenOf } from './token-store-subject.ts';

const RUNS = 60;

/** One call to a store, made the same way on both. */
type Step = (tokens: TokenStore, appId: string) => Promise<WriteOutcome | undefined>;

const leaseId = fc.constantFrom('a', 'b');
const time = fc.integer({ min: 0, max: 60 }).map((seconds) => NOW + seconds * 1_000);
const version = fc.integer({ min: 0, max: 3 });
const count = fc.constantFrom(undefined, { cap: 3, forced: false }, { cap: 3, forced: true });
const reason = fc.constantFrom(
  { kind: 'due' } as const,
  { kind: 'missing' } as const,
  { kind: 'refused', fingerprint: 'fingerprint-1' } as const,
);
const token = fc
  .tuple(fc.constantFrom('1', '2'), fc.constantFrom('stable' as const, 'classic' as const), time)
  .map(([name, mode, sentAt]) =>
    tokenOf({ value: `token-${name}`, fingerprint: `fingerprint-${name}`, mode, sentAt, receivedAt: sentAt + 50 }),
  );

const step: fc.Arbitrary<Step> = fc.oneof(
  fc
    .record({
      leaseId,
      reason,
      version,
      count,
      ignoreCooldown: fc.boolean(),
      suspectAt: fc.option(time, { nil: undefined }),
      now: time,
    })
    .map(
      (request): Step =>
        (tokens, appId) =>
          tokens.acquire({ appId, holder: 'holder', ...request }),
    ),
  fc.record({ leaseId, version, count, refused: fc.constantFrom(undefined, { nextDueAt: NOW }), now: time }).map(
    (request): Step =>
      (tokens, appId) =>
        tokens.extend({ appId, ...request }),
  ),
  fc
    .record({
      leaseId,
      version,
      token,
      stored: fc.option(token, { nil: undefined }),
      suspect: fc.boolean(),
      nextDueAt: time,
    })
    .map(
      (request): Step =>
        (tokens, appId) =>
          tokens.commit({ appId, ...request }),
    ),
  fc.record({ leaseId, count: fc.integer({ min: 1, max: 9 }), cooldownEnd: time, now: time }).map(
    (request): Step =>
      (tokens, appId) => {
        const failure = { class: 'rejected', cause: 'errcode', errcode: 40164, rid: 'a-b' } as const;
        return tokens.fail({ appId, failure, suspect: { at: request.now, nextDueAt: request.now }, ...request });
      },
  ),
  fc.record({ leaseId, version, settled: fc.boolean(), nextDueAt: fc.constantFrom(undefined, NOW), now: time }).map(
    (request): Step =>
      (tokens, appId) =>
        tokens.keep({ appId, ...request }),
  ),
  leaseId.map(
    (id): Step =>
      async (tokens, appId) => {
        await tokens.release(appId, id);
        return undefined;
      },
  ),
  time.map(
    (now): Step =>
      async (tokens, appId) => {
        await tokens.add(appId, now);
        return undefined;
      },
  ),
);

describe('the store in memory', () => {
  onEveryEngine((engine) => {
    it('does what DynamoDB does, whatever it is asked', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
          const memory = createMemoryTokenStore();
          const table = subjectOn(engine());
          const appId = newAppId();
          await Promise.all([memory.add(appId, NOW), table.tokens.add(appId, NOW)]);
          for (const run of steps) {
            expect(await run(memory, appId)).toEqual(await run(table.tokens, appId));
            expect(withoutSteps(memory.item(appId))).toEqual(withoutSteps(await table.item(appId)));
          }
        }),
        { numRuns: RUNS },
      );
    });
  });
});

/** Each store names the steps of a lease by ids of its own. */
function withoutSteps({ leaseStep: _leaseStep, ...item }: Readonly<Record<string, unknown>> = {}) {
  return item;
}
