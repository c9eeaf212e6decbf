import {
  CreateManagedPrefixListCommand,
  DescribeManagedPrefixListsCommand,
  EC2Client,
  GetManagedPrefixListEntriesCommand,
  ModifyManagedPrefixListCommand,
} from '@aws-sdk/client-ec2';
import { CreateIPSetCommand, GetIPSetCommand, UpdateIPSetCommand, WAFV2Client } from '@aws-sdk/client-wafv2';
import { configuredFirewalls } from '#shared/server-ips/configured-firewalls.ts';
import type { Firewall } from '#shared/server-ips/firewall.ts';
import type { PrefixListTarget, WafIpSetTarget } from '#shared/server-ips/firewall-settings.ts';
import { createEc2PrefixLists } from '#shared/server-ips/prefix-list.ec2.ts';
import { createWafv2IpSets } from '#shared/server-ips/waf-ip-set.wafv2.ts';
import { type Ec2RulesProxy, startEc2RulesProxy } from '../ec2-rules-proxy.ts';
import { startMoto } from '../moto-server.ts';
import { createMovableClock } from '../movable-clock.ts';

/** AWS as the tests of firewalls see it: EC2 behind its documented rules, WAF as moto has it. */
export interface FirewallScene {
  readonly ec2: Ec2RulesProxy;
  /** The variables that a process of its own needs to find this AWS. */
  readonly variables: Readonly<Record<string, string>>;
  /** A new prefix list that holds `cidrs`; at most 100. */
  prefixList(maxEntries: number, cidrs?: readonly string[], family?: 'ipv4' | 'ipv6'): Promise<PrefixListTarget>;
  /** A new IP set that holds `cidrs`. */
  ipSet(cidrs?: readonly string[], more?: Partial<WafIpSetTarget>): Promise<WafIpSetTarget>;
  /** Sorted, of a list of at most 1,000 entries. */
  entriesOf(target: PrefixListTarget): Promise<readonly string[]>;
  /** Sorted. */
  addressesOf(target: WafIpSetTarget): Promise<readonly string[]>;
  /** A second writer's change of a prefix list, which EC2 has accepted when this resolves. */
  addBehindOurBack(target: PrefixListTarget, version: number, cidr: string): Promise<void>;
  /** Describes a prefix list once: a change is complete after a few descriptions. */
  poll(target: PrefixListTarget): Promise<void>;
  /** A second writer's replacement of an IP set. */
  replaceBehindOurBack(target: WafIpSetTarget, cidrs: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Starts moto and the proxy. Sets the SDK's endpoint variables with `setVariable` first: every client of AWS goes there. */
export async function startFirewallScene(setVariable: (name: string, value: string) => void): Promise<FirewallScene> {
  const moto = await startMoto();
  const ec2 = await startEc2RulesProxy(moto.endpoint);
  const variables = {
    AWS_ENDPOINT_URL_EC2: ec2.endpoint,
    AWS_ENDPOINT_URL_WAFV2: moto.endpoint,
    AWS_REGION: 'ap-southeast-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  for (const [name, value] of Object.entries(variables)) setVariable(name, value);
  const ec2Client = new EC2Client({});
  const wafClient = new WAFV2Client({});
  let made = 0;
  return {
    ec2,
    variables,
    async prefixList(maxEntries, cidrs = [], family = 'ipv4') {
      const entries = cidrs.map((Cidr) => ({ Cidr }));
      const { PrefixList } = await ec2Client.send(
        new CreateManagedPrefixListCommand({
          PrefixListName: `wechat-${(made += 1)}`,
          MaxEntries: maxEntries,
          AddressFamily: family === 'ipv4' ? 'IPv4' : 'IPv6',
          Entries: entries,
        }),
      );
      return { list: 'callback', family, id: PrefixList?.PrefixListId ?? '' };
    },
    async ipSet(cidrs = [], { list = 'callback', family = 'ipv4', scope = 'REGIONAL' } = {}) {
      const name = `wechat-${(made += 1)}`;
      const client = scope === 'CLOUDFRONT' ? new WAFV2Client({ region: 'us-east-1' }) : wafClient;
      const { Summary } = await client.send(
        new CreateIPSetCommand({
          Name: name,
          Scope: scope,
          Description: 'WeChat calls us from here',
          IPAddressVersion: family === 'ipv4' ? 'IPV4' : 'IPV6',
          Addresses: [...cidrs],
        }),
      );
      return { list, family, scope, name, id: Summary?.Id ?? '' };
    },
    async entriesOf({ id }) {
      const found: string[] = [];
      let token: string | undefined;
      do {
        const page = await ec2Client.send(
          new GetManagedPrefixListEntriesCommand({
            PrefixListId: id,
            ...(token === undefined ? {} : { NextToken: token }),
          }),
        );
        found.push(...(page.Entries ?? []).map(({ Cidr = '' }) => Cidr));
        token = page.NextToken;
      } while (token !== undefined);
      return found.toSorted();
    },
    async addressesOf(target) {
      const { IPSet } = await wafClient.send(new GetIPSetCommand(wafNameOf(target)));
      return (IPSet?.Addresses ?? []).toSorted();
    },
    async addBehindOurBack({ id }, version, cidr) {
      await ec2Client.send(
        new ModifyManagedPrefixListCommand({ PrefixListId: id, CurrentVersion: version, AddEntries: [{ Cidr: cidr }] }),
      );
    },
    async poll({ id }) {
      await ec2Client.send(new DescribeManagedPrefixListsCommand({ PrefixListIds: [id] }));
    },
    async replaceBehindOurBack(target, cidrs) {
      const { LockToken } = await wafClient.send(new GetIPSetCommand(wafNameOf(target)));
      await wafClient.send(
        new UpdateIPSetCommand({ ...wafNameOf(target), Addresses: [...cidrs], LockToken: LockToken ?? '' }),
      );
    },
    async close() {
      await ec2.close();
      await moto.stop();
    },
  };
}

function wafNameOf({ name: Name, id: Id, scope: Scope }: WafIpSetTarget) {
  return { Name, Id, Scope };
}

/** These firewalls with their real adapters, on a clock whose sleeps end at once. */
export function firewallsFor(
  prefixLists: readonly PrefixListTarget[],
  wafIpSets: readonly WafIpSetTarget[],
): readonly Firewall[] {
  const clock = createMovableClock();
  const instant = {
    now: () => clock.now(),
    sleep: async (durationMs: number) => {
      clock.set(clock.now() + durationMs);
    },
  };
  return configuredFirewalls({
    targets: { prefixLists, wafIpSets },
    loadPrefixLists: async () => createEc2PrefixLists(),
    loadWafIpSets: async () => createWafv2IpSets(),
    clock: instant,
  });
}

/** `count` single addresses, a different block for every `block` from 0 to 99. */
export function addresses(count: number, block = 0): readonly string[] {
  return Array.from({ length: count }, (_, index) => `101.${block}.${Math.floor(index / 256)}.${index % 256}/32`);
}
