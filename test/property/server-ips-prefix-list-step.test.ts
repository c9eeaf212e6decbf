import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { nextStep, type PrefixListStep } from '#shared/server-ips/prefix-list-step.ts';

const cidrs = fc.uniqueArray(
  fc.integer({ min: 0, max: 999 }).map((index) => `10.${Math.floor(index / 256)}.${index % 256}.0/24`),
  { maxLength: 350 },
);

/** A prefix list in memory. */
interface Held {
  readonly cidrs: readonly string[];
  readonly maxEntries: number;
}

function afterStep(held: Held, step: PrefixListStep): Held {
  if ('resizeTo' in step) return { ...held, maxEntries: step.resizeTo };
  if ('add' in step) return { ...held, cidrs: [...held.cidrs, ...step.add] };
  const removed = new Set(step.remove);
  return { ...held, cidrs: held.cidrs.filter((cidr) => !removed.has(cidr)) };
}

/** Every step to the end and what the list holds after it. */
function stepsTo(
  wanted: readonly string[],
  start: Held,
): readonly { readonly step: PrefixListStep; readonly held: Held }[] {
  const steps = [];
  let held = start;
  for (let step = nextStep(held.cidrs, wanted, held.maxEntries); step !== undefined; ) {
    held = afterStep(held, step);
    steps.push({ step, held });
    step = nextStep(held.cidrs, wanted, held.maxEntries);
  }
  return steps;
}

const kindOf = (step: PrefixListStep) => ('resizeTo' in step ? 'size' : 'add' in step ? 'add' : 'remove');
const entriesIn = (step: PrefixListStep) =>
  'resizeTo' in step ? 1 : 'add' in step ? step.add.length : step.remove.length;

it('the steps end at the wanted ranges: size, additions, removals, each in as few requests of at most 100 as there can be', () => {
  fc.assert(
    fc.property(cidrs, cidrs, fc.nat({ max: 400 }), (before, wanted, room) => {
      const start = { cidrs: before, maxEntries: before.length + room };
      const steps = stepsTo(wanted, start);
      const missing = wanted.filter((cidr) => !before.includes(cidr)).length;
      const surplus = before.filter((cidr) => !wanted.includes(cidr)).length;
      expect(steps.map(({ step }) => kindOf(step))).toEqual([
        ...(missing > room ? ['size'] : []),
        ...Array.from({ length: Math.ceil(missing / 100) }, () => 'add'),
        ...Array.from({ length: Math.ceil(surplus / 100) }, () => 'remove'),
      ]);
      expect(steps.filter(({ step }) => entriesIn(step) < 1 || entriesIn(step) > 100)).toEqual([]);
      expect(steps.filter(({ held }) => held.cidrs.length > held.maxEntries)).toEqual([]);
      expect((steps.at(-1)?.held ?? start).cidrs.toSorted()).toEqual(wanted.toSorted());
    }),
    { numRuns: 200 },
  );
});

it('what was wanted before and is wanted now is there after every step', () => {
  fc.assert(
    fc.property(cidrs, cidrs, fc.nat({ max: 400 }), (before, wanted, room) => {
      const kept = wanted.filter((cidr) => before.includes(cidr));
      const steps = stepsTo(wanted, { cidrs: before, maxEntries: before.length + room });
      const lacking = steps.filter(({ held }) => !kept.every((cidr) => held.cidrs.includes(cidr)));
      expect(lacking).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
