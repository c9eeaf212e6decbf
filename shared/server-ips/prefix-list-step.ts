import { differenceOf } from './held-ranges.ts';
import type { EntryChange } from './prefix-list.ts';

/** Entries that one modification may hold (EC2 API reference, ModifyManagedPrefixList). */
const MODIFICATION_SIZE = 100;

/** What to do to a prefix list next: one request. */
export type PrefixListStep = { readonly resizeTo: number } | EntryChange;

/**
 * The next request towards `wanted`; `undefined` when the list holds exactly that. Additions come before removals, so that nothing is shut
 * out on the way, and before them the size alone, when it does not hold the old and the new entries together. The size is never reduced.
 */
export function nextStep(
  held: readonly string[],
  wanted: readonly string[],
  maxEntries: number,
): PrefixListStep | undefined {
  const { missing, surplus } = differenceOf(held, wanted);
  if (held.length + missing.length > maxEntries && missing.length > 0)
    return { resizeTo: held.length + missing.length };
  if (missing.length > 0) return { add: missing.slice(0, MODIFICATION_SIZE) };
  if (surplus.length > 0) return { remove: surplus.slice(0, MODIFICATION_SIZE) };
  return undefined;
}
