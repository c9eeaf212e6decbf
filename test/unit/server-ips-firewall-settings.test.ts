import { expect, it } from 'vitest';
import {
  firewallSettings,
  type PrefixListTarget,
  prefixListsText,
  type WafIpSetTarget,
  wafIpSetsText,
} from '#shared/server-ips/firewall-settings.ts';
import { differenceOf } from '#shared/server-ips/held-ranges.ts';
import { nextStep } from '#shared/server-ips/prefix-list-step.ts';

const PREFIX_LISTS: readonly PrefixListTarget[] = [
  { list: 'callback', family: 'ipv4', id: 'pl-0123456789abcdef0' },
  { list: 'api-domain', family: 'ipv6', id: 'pl-01234567' },
];
const IP_SETS: readonly WafIpSetTarget[] = [
  { list: 'callback', family: 'ipv6', scope: 'CLOUDFRONT', name: 'wechat_callback-6', id: 'a1b2c3d4-5678' },
  { list: 'callback', family: 'ipv4', scope: 'REGIONAL', name: 'wechat', id: 'e5f6' },
];

it('the variables hold what the stack writes into them', () => {
  expect(firewallSettings.prefixLists.parse(prefixListsText(PREFIX_LISTS))).toEqual(PREFIX_LISTS);
  expect(firewallSettings.wafIpSets.parse(wafIpSetsText(IP_SETS))).toEqual(IP_SETS);
});

it.each([
  'pl-0123456789abcdef0',
  'callback:ipv5:pl-01234567',
  'callback:ipv4:pl-01234567,',
  'callback:ipv4:sg-01234567',
])('PREFIX_LISTS is not %s', (text) => {
  expect(() => firewallSettings.prefixLists.parse(text)).toThrow('is not <list>:<ipv4|ipv6>:<pl-...>');
});

it.each(['callback:ipv4:regional:wechat:a1', 'callback:ipv4:REGIONAL:we chat:a1', 'callback:ipv4:REGIONAL:a1'])(
  'WAF_IP_SETS is not %s',
  (text) => {
    expect(() => firewallSettings.wafIpSets.parse(text)).toThrow('is not <list>:<ipv4|ipv6>:<REGIONAL|CLOUDFRONT>');
  },
);

it('one firewall list cannot hold two lists of WeChat, which would overwrite each other every day', () => {
  const twice = 'callback:ipv4:pl-01234567,api-domain:ipv4:pl-01234567';
  expect(() => firewallSettings.prefixLists.parse(twice)).toThrow('pl-01234567 is named twice');
});

it('what a firewall holds is compared range by range, and removed in its own spelling', () => {
  expect(differenceOf(['2001:0DB8::/32', '10.0.0.7/32', 'odd'], ['2001:db8::/32', '10.0.0.8/32'])).toEqual({
    missing: ['10.0.0.8/32'],
    surplus: ['10.0.0.7/32', 'odd'],
  });
});

it('a prefix list with room is never resized, and one without any change is left alone', () => {
  expect(nextStep(['10.0.0.0/8'], ['10.0.0.0/8'], 0)).toBeUndefined();
  expect(nextStep(['10.0.0.0/8'], ['11.0.0.0/8'], 2)).toEqual({ add: ['11.0.0.0/8'] });
  expect(nextStep(['10.0.0.0/8', '11.0.0.0/8'], ['11.0.0.0/8'], 2)).toEqual({ remove: ['10.0.0.0/8'] });
  expect(nextStep(['10.0.0.0/8'], ['11.0.0.0/8'], 1)).toEqual({ resizeTo: 2 });
});
