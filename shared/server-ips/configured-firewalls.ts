import type { Clock } from '../clock.ts';
import type { Firewall } from './firewall.ts';
import type { PrefixListTarget, WafIpSetTarget } from './firewall-settings.ts';
import type { PrefixLists } from './prefix-list.ts';
import { createPrefixListFirewall } from './prefix-list-firewall.ts';
import type { WafIpSets } from './waf-ip-set.ts';
import { createWafIpSetFirewall } from './waf-ip-set-firewall.ts';

/** What the firewalls of a stage are made from. */
export interface FirewallDependencies {
  readonly targets: {
    readonly prefixLists: readonly PrefixListTarget[];
    readonly wafIpSets: readonly WafIpSetTarget[];
  };
  /** Loads the EC2 adapter; called once, at the first use, and never when no prefix list is named. */
  readonly loadPrefixLists: () => Promise<PrefixLists>;
  /** Loads the WAF adapter; called once, at the first use, and never when no IP set is named. */
  readonly loadWafIpSets: () => Promise<WafIpSets>;
  readonly clock: Clock;
}

/** The firewalls that the stage's environment file names: none, usually. Nothing is loaded or asked before the first `apply`. */
export function configuredFirewalls(dependencies: FirewallDependencies): readonly Firewall[] {
  const { targets, clock } = dependencies;
  const prefixLists = once(dependencies.loadPrefixLists);
  const wafIpSets = once(dependencies.loadWafIpSets);
  return [
    ...targets.prefixLists.map((target) => createPrefixListFirewall(target, { prefixLists, clock })),
    ...targets.wafIpSets.map((target) => createWafIpSetFirewall(target, { wafIpSets, clock })),
  ];
}

function once<Value>(load: () => Promise<Value>): () => Promise<Value> {
  let loaded: Promise<Value> | undefined;
  return () => {
    loaded ??= load();
    return loaded;
  };
}
