import { BlockList, isIP } from 'node:net';

/**
 * An account's IP allow-list: single addresses and CIDR ranges, as entered in WeChat's console
 * (doc/oplatform/developers/basic_func/ip_whitelist.html). Throws on an entry that is neither.
 */
export class IpAllowList {
  readonly #list = new BlockList();

  constructor(entries: string[]) {
    for (const entry of entries) this.#add(entry);
  }

  allows(address: string): boolean {
    return this.#list.check(address, familyOf(address));
  }

  #add(entry: string): void {
    const [address = '', prefix] = entry.split('/');
    if (isIP(address) === 0) throw new Error(`not an IP address or CIDR range: ${entry}`);
    if (prefix === undefined) this.#list.addAddress(address, familyOf(address));
    else this.#list.addSubnet(address, Number(prefix), familyOf(address));
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
