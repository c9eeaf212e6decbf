/**
 * The value below which `share` (0 to 1) of the samples lie, by the nearest rank.
 * @throws {RangeError} when there are no samples
 */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const found = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  if (found === undefined) throw new RangeError('there are no samples to take a quantile of');
  return found;
}

/** The middle one. @throws {RangeError} when there are no samples */
export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}
