/** Consecutive addresses of one family as numbers, both ends included. */
export interface Interval {
  readonly first: bigint;
  readonly last: bigint;
}

/** A set of addresses of one family: ascending intervals that neither overlap nor touch, so that equal sets have equal intervals. */
export type Intervals = readonly Interval[];

/** The set of all addresses in any of the intervals, which may come in any order, overlap and repeat. */
export function union(intervals: readonly Interval[]): Intervals {
  const merged: { first: bigint; last: bigint }[] = [];
  for (const { first, last } of intervals.toSorted((a, b) => (a.first < b.first ? -1 : Number(a.first > b.first)))) {
    const before = merged.at(-1);
    if (before === undefined || first > before.last + 1n) merged.push({ first, last });
    else if (last > before.last) before.last = last;
  }
  return merged;
}

/** The addresses of `from` that are not in `taken`. One pass over both. */
export function subtract(from: Intervals, taken: Intervals): Intervals {
  const left: Interval[] = [];
  let next = 0;
  for (const { first, last } of from) {
    let start = first;
    while ((taken[next]?.last ?? start) < start) next += 1;
    for (let hole = next; start <= last; hole += 1) {
      const { first: holeFirst, last: holeLast } = taken[hole] ?? { first: last + 1n, last };
      if (holeFirst > start) left.push({ first: start, last: holeFirst <= last ? holeFirst - 1n : last });
      if (holeFirst > last) break;
      start = holeLast + 1n;
    }
  }
  return left;
}

/** How many addresses there are. */
export function countAddresses(intervals: Intervals): bigint {
  return intervals.reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
}
