import { systemClock } from '#shared/clock.node.ts';
import { readSettings } from '#shared/lambda/settings.ts';
import { configuredFirewalls } from '#shared/server-ips/configured-firewalls.ts';
import type { FirewallOutcome } from '#shared/server-ips/firewall.ts';
import { firewallSettings } from '#shared/server-ips/firewall-settings.ts';

/** What this process sends at its end: one per firewall, in the order of the settings. */
export type AppliedOutcomes = readonly FirewallOutcome[];

/** The firewalls of the environment, each given the IPv4 ranges that are the arguments, as callback list. */
const firewalls = configuredFirewalls({
  targets: readSettings(firewallSettings, process.env),
  loadPrefixLists: async () => (await import('#shared/server-ips/prefix-list.ec2.ts')).createEc2PrefixLists(),
  loadWafIpSets: async () => (await import('#shared/server-ips/waf-ip-set.wafv2.ts')).createWafv2IpSets(),
  clock: systemClock,
});
const outcomes: FirewallOutcome[] = [];
for (const firewall of firewalls)
  outcomes.push(await firewall.apply({ v4: process.argv.slice(2), v6: [] }, 'callback'));
process.send?.(outcomes);
process.disconnect();
