import middy from '@middy/core';
import type { Log } from '#shared/lambda/log.ts';
import type { Metrics } from '#shared/lambda/metrics.ts';
import { applyToFirewalls, type FirewallReport } from '#shared/server-ips/apply-to-firewalls.ts';
import { type ApprovalReport, approvePending } from '#shared/server-ips/approve-pending.ts';
import type { Firewall } from '#shared/server-ips/firewall.ts';
import { reportSync } from '#shared/server-ips/report-sync.ts';
import { SERVER_IP_LISTS } from '#shared/server-ips/server-ip-list.ts';
import { listAnswer, type SyncAnswer } from '#shared/server-ips/sync-answer.ts';
import { parseSyncEvent, type SyncEvent } from '#shared/server-ips/sync-event.ts';
import { type ListReport, type SyncListDependencies, syncList } from '#shared/server-ips/sync-list.ts';

/** What the function needs; one set per environment. */
export interface SyncServerIpsDependencies extends SyncListDependencies {
  readonly firewalls: readonly Firewall[];
  readonly log: Log;
  readonly metrics: Metrics;
}

/**
 * Keeps WeChat's IP lists: `{}` fetches both, stores what has changed, tells of it and gives every firewall what is applied; an approval applies
 * the list that waits. Running twice, at the same moment too, changes nothing more.
 * @throws for an event that is none of ours and when the table does not answer, so that Lambda counts the invocation as failed
 */
export function createHandler(dependencies: SyncServerIpsDependencies) {
  return middy(async (event: unknown): Promise<SyncAnswer> => {
    const reports = await listReports(dependencies, parseSyncEvent(event));
    const firewalls: FirewallReport[] = [];
    for (const { list, state } of reports) {
      firewalls.push(...(await applyToFirewalls(dependencies.firewalls, list, state)));
    }
    const answer = { lists: reports.map(listAnswer), firewalls };
    reportSync(
      dependencies,
      answer,
      reports.flatMap(({ tellingErrors }) => tellingErrors),
    );
    return answer;
  });
}

async function listReports(
  dependencies: SyncServerIpsDependencies,
  event: SyncEvent,
): Promise<readonly (ListReport | ApprovalReport)[]> {
  if (event.kind === 'approve') return [await approvePending(dependencies, event.list, event.since)];
  const reports: ListReport[] = [];
  for (const list of SERVER_IP_LISTS) reports.push(await syncList(dependencies, list));
  return reports;
}
