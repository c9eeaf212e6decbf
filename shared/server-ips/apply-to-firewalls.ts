import type { Firewall, FirewallOutcome } from './firewall.ts';
import type { ListState } from './list-state.ts';
import type { ServerIpList } from './server-ip-list.ts';

/** How a firewall stands after a list was given to it. */
export interface FirewallReport {
  readonly firewall: string;
  readonly list: ServerIpList;
  readonly outcome: Exclude<FirewallOutcome, { readonly outcome: 'other-list' }>;
}

/**
 * Gives every firewall the applied version, one after the other, whether it has changed or not: what failed or was cut off before is made good.
 * Does nothing while there is no version. One firewall's trouble never keeps another from being given its list.
 */
export async function applyToFirewalls(
  firewalls: readonly Firewall[],
  list: ServerIpList,
  { applied }: ListState,
): Promise<readonly FirewallReport[]> {
  if (applied === undefined) return [];
  const reports: FirewallReport[] = [];
  for (const firewall of firewalls) {
    const outcome = await firewall.apply(applied.ranges, list);
    if (outcome.outcome !== 'other-list') reports.push({ firewall: firewall.name, list, outcome });
  }
  return reports;
}
