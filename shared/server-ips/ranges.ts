/**
 * A set of addresses as CIDR ranges in their one normal form: merged, as few as possible, in ascending order, single addresses as `/32` and
 * `/128`, IPv6 in the form of RFC 5952. Two sets are equal exactly when their ranges are.
 */
export interface Ranges {
  readonly v4: readonly string[];
  readonly v6: readonly string[];
}

/** The set without any address. */
export const NO_RANGES: Ranges = { v4: [], v6: [] };

/** All ranges, IPv4 first. */
export function allRanges({ v4, v6 }: Ranges): readonly string[] {
  return [...v4, ...v6];
}

/** How many ranges there are. */
export function countRanges({ v4, v6 }: Ranges): number {
  return v4.length + v6.length;
}

/** One range per line, as sets are stored: equal for equal sets. */
export function textOfRanges(ranges: Ranges): string {
  return allRanges(ranges).join('\n');
}

/** The set that {@link textOfRanges} wrote. */
export function rangesOfText(text: string): Ranges {
  const lines = text.split('\n').filter((line) => line !== '');
  return { v4: lines.filter((line) => !line.includes(':')), v6: lines.filter((line) => line.includes(':')) };
}
