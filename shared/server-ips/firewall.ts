import type { Ranges } from './ranges.ts';
import type { ServerIpList } from './server-ip-list.ts';

/** How one firewall stands after {@link Firewall.apply}. */
export type FirewallOutcome =
  /** The stage's environment file names this firewall for the other list; nothing was looked at. */
  | { readonly outcome: 'other-list' }
  /** It held exactly these ranges before; nothing was written. */
  | { readonly outcome: 'unchanged' }
  /** It holds exactly these ranges now; how many entries were added and removed, over all writes. */
  | { readonly outcome: 'changed'; readonly added: number; readonly removed: number }
  /** It does not hold them yet, or only in part; `reason` is one line for an operator, without secrets. The next run goes on from there. */
  | { readonly outcome: 'failed'; readonly reason: string };

/** A firewall of the AWS account that is kept equal to one of the lists. */
export interface Firewall {
  /** Which one, for logs and metrics: `prefix-list pl-0123456789abcdef0`, `waf-ip-set wechat-callback`. */
  readonly name: string;
  /**
   * Makes the firewall hold exactly these ranges (of its own address family) and nothing else. To be called for the stored version by every
   * run, changed or not: that is what retries a failure of the run before, and called twice it writes once.
   * Never throws: whatever goes wrong with one firewall is its outcome `failed`.
   */
  apply(ranges: Ranges, list: ServerIpList): Promise<FirewallOutcome>;
}
