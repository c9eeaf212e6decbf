import {
  GetIPSetCommand,
  UpdateIPSetCommand,
  WAFNonexistentItemException,
  WAFOptimisticLockException,
  WAFV2Client,
} from '@aws-sdk/client-wafv2';
import type { WafIpSetTarget } from './firewall-settings.ts';
import type { WafIpSets } from './waf-ip-set.ts';

/** A silent peer must not use up the run. */
const CLIENT_SETTINGS = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
} as const;

/**
 * {@link WafIpSets} through the WAF API (https://docs.aws.amazon.com/waf/latest/APIReference/API_UpdateIPSet.html). Sets of the scope
 * CLOUDFRONT answer only in us-east-1.
 */
export function createWafv2IpSets(): WafIpSets {
  const regional = new WAFV2Client(CLIENT_SETTINGS);
  const cloudFront = new WAFV2Client({ ...CLIENT_SETTINGS, region: 'us-east-1' });
  const clientFor = ({ scope }: WafIpSetTarget) => (scope === 'CLOUDFRONT' ? cloudFront : regional);
  return {
    async get(target) {
      try {
        const { IPSet, LockToken } = await clientFor(target).send(new GetIPSetCommand(nameOf(target)));
        if (IPSet === undefined || LockToken === undefined) return undefined;
        return {
          family: IPSet.IPAddressVersion === 'IPV6' ? 'ipv6' : 'ipv4',
          addresses: IPSet.Addresses ?? [],
          description: IPSet.Description === '' ? undefined : IPSet.Description,
          lockToken: LockToken,
        };
      } catch (error) {
        // Expected: the environment file names a set that is not there (any more).
        if (error instanceof WAFNonexistentItemException) return undefined;
        throw error;
      }
    },
    async replace(target, { description, lockToken }, addresses) {
      const kept = description === undefined ? {} : { Description: description };
      const whole = { ...nameOf(target), ...kept, Addresses: [...addresses], LockToken: lockToken };
      try {
        await clientFor(target).send(new UpdateIPSetCommand(whole));
        return 'replaced';
      } catch (error) {
        // Expected: a second writer. The caller reads the set again.
        if (error instanceof WAFOptimisticLockException) return 'conflict';
        throw error;
      }
    },
  };
}

function nameOf({ name: Name, id: Id, scope: Scope }: WafIpSetTarget) {
  return { Name, Id, Scope };
}
