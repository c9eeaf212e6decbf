import { type FailedFetch, type FetchDependencies, fetchList } from './fetch-list.ts';
import { judge } from './judgement.ts';
import type { ListState } from './list-state.ts';
import { isBeingTold, withNextVersion } from './next-version.ts';
import type { Observation } from './observation.ts';
import type { ServerIpList } from './server-ip-list.ts';
import { changeState } from './server-ips-store.ts';
import { type TellDependencies, takeTelling, tellChange } from './tell-change.ts';

/** What a sync of one list needs; one set per environment. */
export interface SyncListDependencies extends FetchDependencies, TellDependencies {}

/** How a list stands after a sync. `busy`: WeChat gave a new list while somebody else was still telling of the version before. */
export type ListOutcome = 'unchanged' | 'changed' | 'pending' | 'refused' | 'not-fetched' | 'busy';

/** What a sync of one list came to. */
export interface ListReport {
  readonly list: ServerIpList;
  readonly outcome: ListOutcome;
  /** As stored at the end. */
  readonly state: ListState;
  /** The accounts that were tried in vain. */
  readonly failed: readonly FailedFetch[];
  /** Why some were not told of a new version; the next run tells them. */
  readonly tellingErrors: readonly unknown[];
}

/**
 * Fetches a list, judges it and stores what it comes to; a new version is told. Running twice, at the same moment too, makes one version and
 * tells it once.
 * @throws the table's error when it does not answer
 */
export async function syncList(dependencies: SyncListDependencies, list: ServerIpList): Promise<ListReport> {
  const left = await takeTelling(dependencies, list);
  const errorsBefore = left === undefined ? [] : await tellChange(dependencies, list, left);
  const fetched = await fetchList(dependencies, list);
  if (fetched.kind === 'not-fetched') {
    const { state } = await dependencies.serverIps.read(list);
    return { list, outcome: 'not-fetched', state, failed: fetched.failed, tellingErrors: errorsBefore };
  }
  const { outcome, state } = await store(dependencies, list, fetched.account, fetched.observation);
  const errors = outcome === 'changed' ? await tellChange(dependencies, list, state) : [];
  return { list, outcome, state, failed: [], tellingErrors: [...errorsBefore, ...errors] };
}

/** Judges the observation by the state that it is then written to. */
async function store(
  { serverIps, clock }: SyncListDependencies,
  list: ServerIpList,
  account: string,
  observation: Observation,
): Promise<Pick<ListReport, 'outcome' | 'state'>> {
  let outcome: ListOutcome = 'busy';
  const { state } = await changeState(serverIps, list, (before) => {
    const now = clock.now();
    const judged = stateAfter(before, observation, account, now);
    outcome = judged.outcome;
    return judged.state;
  });
  return { outcome, state };
}

function stateAfter(
  before: ListState,
  observation: Observation,
  account: string,
  now: number,
): { readonly outcome: ListOutcome; readonly state: ListState | undefined } {
  const state = { ...before, checked: { at: now, account } };
  if (observation.kind === 'unusable') {
    const { reason, text } = observation;
    return { outcome: 'refused', state: { ...state, refused: { reason, text, at: now, account } } };
  }
  const verdict = judge(before, observation.ranges, account, now);
  const usable = { ...state, refused: undefined };
  if (verdict.kind === 'pending') return { outcome: 'pending', state: { ...usable, pending: verdict.pending } };
  if (verdict.kind !== 'apply') return { outcome: 'unchanged', state: { ...usable, pending: undefined } };
  if (isBeingTold(before, now)) return { outcome: 'busy', state: undefined };
  return { outcome: 'changed', state: withNextVersion(usable, { ...verdict, account, at: now }) };
}
