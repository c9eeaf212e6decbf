import { addressSetOfRanges, rangesOf } from './cidr.ts';
import { subtract } from './intervals.ts';
import type { Ranges } from './ranges.ts';

/** What turns one set of addresses into another: old - removed + added is new. */
export interface Difference {
  readonly added: Ranges;
  readonly removed: Ranges;
}

/**
 * The difference between two sets of addresses, as sets: a range that was only written in another way is in neither. A range with holes takes
 * many ranges to write, so a part may have more of them than both lists together.
 */
export function differenceBetween(before: Ranges, after: Ranges): Difference {
  const [old, now] = [addressSetOfRanges(before), addressSetOfRanges(after)];
  return {
    added: rangesOf({ v4: subtract(now.v4, old.v4), v6: subtract(now.v6, old.v6) }),
    removed: rangesOf({ v4: subtract(old.v4, now.v4), v6: subtract(old.v6, now.v6) }),
  };
}
