import type { Clock } from '../clock.ts';
import type { Firewall, FirewallOutcome } from './firewall.ts';
import { FirewallFailure, failureOutcome } from './firewall-failure.ts';
import type { WafIpSetTarget } from './firewall-settings.ts';
import { differenceOf } from './held-ranges.ts';
import type { WafIpSets } from './waf-ip-set.ts';

/** Ranges that one IP set may hold (WAF developer guide, quotas; it cannot be raised). */
const IP_SET_SIZE = 10_000;
/** How often another writer may come between before this run gives up and leaves the set to the next. */
const ATTEMPTS = 5;
const PAUSE_MS = 500;

/** What an IP set needs besides its name. */
export interface WafIpSetDependencies {
  /** Called at the first use, so that the WAF client is loaded only then. */
  readonly wafIpSets: () => Promise<WafIpSets>;
  readonly clock: Clock;
}

/** Keeps one WAF IP set equal to one of WeChat's lists, for its own address family. The set has no other writer by rights. */
export function createWafIpSetFirewall(target: WafIpSetTarget, dependencies: WafIpSetDependencies): Firewall {
  return {
    name: `waf-ip-set ${target.name}`,
    async apply(ranges, list) {
      if (list !== target.list) return { outcome: 'other-list' };
      try {
        const wanted = target.family === 'ipv4' ? ranges.v4 : ranges.v6;
        return await bringUpToDate(target, wanted, await dependencies.wafIpSets(), dependencies.clock);
      } catch (error) {
        // Fine: the outcome carries it to the log and the metric, and the next run tries again.
        return failureOutcome(error);
      }
    },
  };
}

async function bringUpToDate(
  target: WafIpSetTarget,
  wanted: readonly string[],
  wafIpSets: WafIpSets,
  clock: Clock,
): Promise<FirewallOutcome> {
  if (wanted.length > IP_SET_SIZE) {
    throw new FirewallFailure(`a WAF IP set holds ${IP_SET_SIZE} ranges at most and the list has ${wanted.length}`);
  }
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const read = await wafIpSets.get(target);
    if (read === undefined) {
      throw new FirewallFailure(
        `no IP set ${target.name} with this id and scope: correct the stage's environment file`,
      );
    }
    if (read.family !== target.family) {
      throw new FirewallFailure(`it holds ${read.family} and the stage's environment file says ${target.family}`);
    }
    const { missing, surplus } = differenceOf(read.addresses, wanted);
    if (missing.length + surplus.length === 0) return { outcome: 'unchanged' };
    if ((await wafIpSets.replace(target, read, wanted)) === 'replaced') {
      return { outcome: 'changed', added: missing.length, removed: surplus.length };
    }
    await clock.sleep(PAUSE_MS);
  }
  throw new FirewallFailure(`another writer came between ${ATTEMPTS} times`);
}
