import type { ListState, ListVersion } from './list-state.ts';
import { NO_RANGES } from './ranges.ts';

/** Longer than the function may run: whoever has the task of telling a version and does not end it by then is gone. */
export const TELLING_MS = 360_000;

/** Whether somebody is telling the applied version right now. One that could not be told stands in nobody's way: what is served comes first. */
export function isBeingTold({ tellingUntil }: Pick<ListState, 'tellingUntil'>, now: number): boolean {
  return tellingUntil !== undefined && now < tellingUntil;
}

/** The state with its next version applied. Nothing is pending any more, and the version is still to be told, by who writes this state. */
export function withNextVersion(
  state: ListState,
  { ranges, reason, account, at }: Pick<ListVersion, 'ranges' | 'reason' | 'account' | 'at'>,
): ListState {
  const version = (state.applied?.version ?? 0) + 1;
  const previous = state.applied?.ranges ?? NO_RANGES;
  const applied = { version, ranges, previous, at, account, reason };
  return { ...state, applied, tellingUntil: at + TELLING_MS, pending: undefined };
}
