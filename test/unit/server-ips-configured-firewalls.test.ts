import { expect, it } from 'vitest';
import { configuredFirewalls } from '#shared/server-ips/configured-firewalls.ts';
import type { PrefixListTarget } from '#shared/server-ips/firewall-settings.ts';
import { createMovableClock } from '../movable-clock.ts';

const PREFIX_LIST: PrefixListTarget = { list: 'callback', family: 'ipv4', id: 'pl-01234567' };

function firewalls(prefixLists: readonly PrefixListTarget[]) {
  const loaded: string[] = [];
  const load = (name: string) => async () => {
    loaded.push(name);
    throw new Error(`${name} is not here`);
  };
  const configured = configuredFirewalls({
    targets: { prefixLists, wafIpSets: [] },
    loadPrefixLists: load('ec2'),
    loadWafIpSets: load('wafv2'),
    clock: createMovableClock(),
  });
  return { configured, loaded };
}

it('a stage that names no firewall has none, and loads no client of AWS for it', () => {
  expect(firewalls([])).toEqual({ configured: [], loaded: [] });
});

it('a client is loaded once, when the first firewall that needs it is given its list', async () => {
  const { configured, loaded } = firewalls([PREFIX_LIST, { ...PREFIX_LIST, id: 'pl-89abcdef' }]);
  expect(configured.map(({ name }) => name)).toEqual(['prefix-list pl-01234567', 'prefix-list pl-89abcdef']);
  for (const firewall of configured) await firewall.apply({ v4: [], v6: [] }, 'api-domain');
  expect(loaded).toEqual([]);
  const outcomes = [];
  for (const firewall of configured) outcomes.push(await firewall.apply({ v4: [], v6: [] }, 'callback'));
  expect(loaded).toEqual(['ec2']);
  expect(outcomes).toEqual([1, 2].map(() => ({ outcome: 'failed', reason: 'Error: ec2 is not here' })));
});
