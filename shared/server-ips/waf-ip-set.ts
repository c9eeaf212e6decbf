import type { AddressFamily, WafIpSetTarget } from './firewall-settings.ts';

/** A WAF IP set as WAF holds it. */
export interface WafIpSet {
  readonly family: AddressFamily;
  /** CIDR texts in WAF's own spelling. */
  readonly addresses: readonly string[];
  /** Kept as it is: a replacement without it would not keep it. */
  readonly description: string | undefined;
  /** Says which state was read; a replacement must name it. */
  readonly lockToken: string;
}

/** WAF's IP sets. */
export interface WafIpSets {
  /** `undefined` when there is no such set. @throws what WAF answers otherwise */
  get(target: WafIpSetTarget): Promise<WafIpSet | undefined>;
  /**
   * Puts `addresses` in the place of all that `read` holds.
   * `conflict`: nothing was changed, because somebody else changed the set since it was read; read it again.
   * @throws what WAF answers otherwise, quotas among it
   */
  replace(target: WafIpSetTarget, read: WafIpSet, addresses: readonly string[]): Promise<'replaced' | 'conflict'>;
}
