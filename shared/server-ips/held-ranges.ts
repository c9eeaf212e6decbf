import { parseRange } from './cidr.ts';

/** How what a firewall holds differs from what it should hold. */
export interface RangeDifference {
  /** In our own texts. */
  readonly missing: readonly string[];
  /** In the firewall's own texts, which it wants back to remove them. */
  readonly surplus: readonly string[];
}

/** Compares range by range, not as texts: WAF for one answers IPv6 with every zero written out. Order and duplicates do not matter. */
export function differenceOf(held: readonly string[], wanted: readonly string[]): RangeDifference {
  const heldByKey = new Map(held.map((text) => [keyOf(text), text]));
  const wantedByKey = new Map(wanted.map((text) => [keyOf(text), text]));
  return {
    missing: [...wantedByKey].filter(([key]) => !heldByKey.has(key)).map(([, text]) => text),
    surplus: [...heldByKey].filter(([key]) => !wantedByKey.has(key)).map(([, text]) => text),
  };
}

function keyOf(text: string): string {
  const range = parseRange(text);
  // What is no range cannot be one of ours: its own text keeps it apart, and it is removed.
  return range === undefined ? text : `${range.family} ${range.first}/${range.prefixLength}`;
}
