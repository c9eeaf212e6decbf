import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCallerDirectory } from '#shared/caller/caller-directory.ts';

const LONGEST_WAIT_MS = 45_000 + 5_000;

type Step =
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'store'; readonly present: boolean }
  | { readonly kind: 'outage'; readonly begins: boolean }
  | { readonly kind: 'find' };

// Mostly short waits and many look-ups: an entry is over the edge of its life only if it was taken shortly before.
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 25_000 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 25_000, max: 320_000 }) }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('store' as const), present: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('outage' as const), begins: fc.boolean() }) },
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('find' as const) }) },
  ),
  { minLength: 10, maxLength: 80, size: 'max' },
);

/** Lives through a story; returns the answers that were older than promised. */
async function tooOldAnswers(story: readonly Step[]): Promise<readonly number[]> {
  const world = { now: 1_000_000, version: 0, present: false, away: false, answeringSince: 1_000_000 };
  // Until when each version but the stored one was true.
  const endedAt = new Map<string, number>();
  const directory = createCallerDirectory({
    clock: { now: () => world.now },
    onStale: () => {},
    store: {
      get: async () => {
        if (world.away) throw new Error('away');
        const name = String(world.version);
        const caller = { id: 'a', name, disabled: false, keys: [], sealingKey: '0'.repeat(64), grants: [] };
        return world.present ? caller : undefined;
      },
    },
  });
  const tooOld: number[] = [];
  for (const step of story) {
    switch (step.kind) {
      case 'wait':
        world.now += step.ms;
        break;
      case 'store':
        endedAt.set(String(world.version), world.now);
        world.version += 1;
        world.present = step.present;
        break;
      case 'outage':
        if (world.away && !step.begins) world.answeringSince = world.now;
        world.away = step.begins;
        break;
      case 'find': {
        // Throwing is how the directory says that it has nothing young enough.
        const found = await directory.find('a').catch(() => undefined);
        const age = found === undefined ? 0 : world.now - (endedAt.get(found.name) ?? world.now);
        const answering = !world.away && world.now - world.answeringSince >= LONGEST_WAIT_MS;
        if (age >= (answering ? LONGEST_WAIT_MS : 300_000)) tooOld.push(age);
      }
    }
  }
  return tooOld;
}

describe('the caller directory, whatever happens', () => {
  it('never answers with what has not been true within 50 s, or 5 minutes while the store is away', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (story) => {
        expect(await tooOldAnswers(story)).toEqual([]);
      }),
    );
  });
});
