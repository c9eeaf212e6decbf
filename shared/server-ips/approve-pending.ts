import { isBeingTold, withNextVersion } from './next-version.ts';
import type { ServerIpList } from './server-ip-list.ts';
import { changeState } from './server-ips-store.ts';
import type { ListReport, SyncListDependencies } from './sync-list.ts';
import { tellChange } from './tell-change.ts';

/** What an approval came to. `nothing-pending`: not this list, or no more. */
export type ApprovalReport = Omit<ListReport, 'outcome' | 'failed'> & {
  readonly outcome: 'changed' | 'nothing-pending' | 'busy';
};

/**
 * Applies a pending list because an operator wants it, and tells. A list that WeChat has replaced meanwhile is not applied, and approving
 * twice applies once.
 * @param since names the pending list that the operator has seen
 * @throws the table's error when it does not answer
 */
export async function approvePending(
  dependencies: Pick<SyncListDependencies, 'serverIps' | 'announcers' | 'stage' | 'clock'>,
  list: ServerIpList,
  since: number,
): Promise<ApprovalReport> {
  let outcome: ApprovalReport['outcome'] = 'nothing-pending';
  const { state } = await changeState(dependencies.serverIps, list, (before) => {
    const { pending } = before;
    const now = dependencies.clock.now();
    outcome = 'nothing-pending';
    if (pending === undefined || pending.since !== since) return undefined;
    outcome = isBeingTold(before, now) ? 'busy' : 'changed';
    if (outcome === 'busy') return undefined;
    const { ranges, account } = pending;
    return withNextVersion(before, { ranges, account, reason: 'approved', at: now });
  });
  // The compiler does not see that the function above has run.
  const ended = outcome as ApprovalReport['outcome'];
  const tellingErrors = ended === 'changed' ? await tellChange(dependencies, list, state) : [];
  return { list, outcome: ended, state, tellingErrors };
}
