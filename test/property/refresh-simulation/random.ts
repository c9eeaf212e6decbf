/** Reproducible chance: the same seed gives the same draws. */
export interface Random {
  /** In [0, 1). */
  fraction(): number;
  /** Whether something of this probability happens. */
  chance(probability: number): boolean;
  /** In [low, high). */
  between(low: number, high: number): number;
  /** How long until the next of events that know nothing of one another, which come so far apart on average. */
  until(meanMs: number): number;
  pick<Value>(values: readonly [Value, ...Value[]]): Value;
}

/** Mulberry32: 32 bits of state are plenty for a day. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    fraction,
    chance: (probability) => probability > 0 && fraction() < probability,
    between: (low, high) => low + fraction() * (high - low),
    until: (meanMs) => -Math.log(1 - fraction()) * meanMs,
    pick: (values) => values[Math.floor(fraction() * values.length)] ?? values[0],
  };
}
