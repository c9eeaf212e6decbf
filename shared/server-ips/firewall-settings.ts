import type { ServerIpList } from './server-ip-list.ts';

/** The address family that a firewall list holds: EC2 and WAF keep IPv4 and IPv6 in separate lists. */
export type AddressFamily = 'ipv4' | 'ipv6';

/** One EC2 managed prefix list that is kept equal to one of WeChat's lists. */
export interface PrefixListTarget {
  readonly list: ServerIpList;
  readonly family: AddressFamily;
  /** `pl-` and 8 to 17 hexadecimal digits. */
  readonly id: string;
}

/** One WAF IP set that is kept equal to one of WeChat's lists. WAF finds an IP set by name, id and scope together. */
export interface WafIpSetTarget {
  readonly list: ServerIpList;
  readonly family: AddressFamily;
  /** `CLOUDFRONT` sets are kept in us-east-1, whatever the stack's region. */
  readonly scope: 'REGIONAL' | 'CLOUDFRONT';
  readonly name: string;
  readonly id: string;
}

const PREFIX_LIST = /^(callback|api-domain):(ipv4|ipv6):(pl-[0-9a-f]{8,17})$/;
const WAF_IP_SET = /^(callback|api-domain):(ipv4|ipv6):(REGIONAL|CLOUDFRONT):([\w-]{1,128}):([\w-]{1,64})$/;

/**
 * The firewall variables of `sync-server-ips`, comma-separated; both empty when the stage names no firewall.
 * `PREFIX_LISTS` holds `<list>:<family>:<prefix list id>`, `WAF_IP_SETS` holds `<list>:<family>:<scope>:<name>:<id>`.
 */
export const firewallSettings = {
  prefixLists: { variable: 'PREFIX_LISTS', parse: parsePrefixLists, fallback: [] },
  wafIpSets: { variable: 'WAF_IP_SETS', parse: parseWafIpSets, fallback: [] },
} as const;

/** The text of `PREFIX_LISTS` for these targets. */
export function prefixListsText(targets: readonly PrefixListTarget[]): string {
  return targets.map(({ list, family, id }) => [list, family, id].join(':')).join(',');
}

/** The text of `WAF_IP_SETS` for these targets. */
export function wafIpSetsText(targets: readonly WafIpSetTarget[]): string {
  return targets.map(({ list, family, scope, name, id }) => [list, family, scope, name, id].join(':')).join(',');
}

/**
 * What {@link prefixListsText} wrote.
 * @throws {Error} naming the entry that is malformed, or the prefix list that is named twice: its two lists would overwrite each other
 */
function parsePrefixLists(text: string): readonly PrefixListTarget[] {
  const targets = text.split(',').map((entry) => {
    const [, list, family, id = ''] = PREFIX_LIST.exec(entry) ?? [];
    return { list: listOf(list, entry, '<list>:<ipv4|ipv6>:<pl-...>'), family: familyOf(family), id };
  });
  refuseTwice(targets.map(({ id }) => id));
  return targets;
}

/**
 * What {@link wafIpSetsText} wrote.
 * @throws {Error} naming the entry that is malformed, or the IP set that is named twice
 */
function parseWafIpSets(text: string): readonly WafIpSetTarget[] {
  const targets = text.split(',').map((entry) => {
    const [, list, family, scope, name = '', id = ''] = WAF_IP_SET.exec(entry) ?? [];
    return {
      list: listOf(list, entry, '<list>:<ipv4|ipv6>:<REGIONAL|CLOUDFRONT>:<name>:<id>'),
      family: familyOf(family),
      scope: scope === 'CLOUDFRONT' ? ('CLOUDFRONT' as const) : ('REGIONAL' as const),
      name,
      id,
    };
  });
  refuseTwice(targets.map(({ id }) => id));
  return targets;
}

function listOf(matched: string | undefined, entry: string, shape: string): ServerIpList {
  if (matched === 'callback' || matched === 'api-domain') return matched;
  throw new Error(`"${entry.slice(0, 64)}" is not ${shape} with <list> callback or api-domain`);
}

function familyOf(matched: string | undefined): AddressFamily {
  return matched === 'ipv6' ? 'ipv6' : 'ipv4';
}

function refuseTwice(ids: readonly string[]): void {
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new Error(`${twice} is named twice: one firewall list holds one of WeChat's lists`);
}
