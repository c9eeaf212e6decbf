import * as v from 'valibot';

const PREFIX_LIST_ID = /^pl-[0-9a-f]{8,17}$/;
const IP_SET_NAME = /^[\w-]{1,128}$/;
const IP_SET_ID = /^[\w-]{1,64}$/;

/** Which of WeChat's lists a firewall holds: `callback`, who calls us, or `api-domain`, whom we call; and the one address family of it. */
const content = { list: v.picklist(['callback', 'api-domain']), family: v.picklist(['ipv4', 'ipv6']) };

const eachOnce = (targets: readonly { readonly id: string }[]): boolean =>
  new Set(targets.map(({ id }) => id)).size === targets.length;

/**
 * The field `firewalls` of an environment file: prefix lists and IP sets that exist already, in the stack's own AWS account and region. They
 * belong to the sync from then on: what else they hold is removed.
 */
export const firewalls = v.strictObject({
  /** EC2 managed prefix lists. */
  prefixLists: v.optional(
    v.pipe(
      v.array(v.strictObject({ ...content, id: v.pipe(v.string(), v.regex(PREFIX_LIST_ID)) })),
      v.check((targets) => eachOnce(targets)),
    ),
    [],
  ),
  /** WAF IP sets; those of scope CLOUDFRONT are in us-east-1, whatever the stack's region. */
  wafIpSets: v.optional(
    v.pipe(
      v.array(
        v.strictObject({
          ...content,
          scope: v.picklist(['REGIONAL', 'CLOUDFRONT']),
          name: v.pipe(v.string(), v.regex(IP_SET_NAME)),
          id: v.pipe(v.string(), v.regex(IP_SET_ID)),
        }),
      ),
      v.check((targets) => eachOnce(targets)),
    ),
    [],
  ),
});

/** A stage's firewalls, parsed. */
export type StageFirewalls = v.InferOutput<typeof firewalls>;

const LIST = { rule: 'must be "callback" or "api-domain"', example: '"callback"' };
const FAMILY = { rule: 'must be "ipv4" or "ipv6"', example: '"ipv4"' };

/** What each of these fields has to be and an example that is, for the faults. */
export const FIREWALL_FIELDS = {
  firewalls: {
    rule: 'must be an object with prefixLists, wafIpSets or both',
    example: '{ "prefixLists": [{ "list": "callback", "family": "ipv4", "id": "pl-0123456789abcdef0" }] }',
  },
  'firewalls.prefixLists': {
    rule: 'must list objects with list, family and id, each prefix list once',
    example: '[{ "list": "callback", "family": "ipv4", "id": "pl-0123456789abcdef0" }]',
  },
  'firewalls.prefixLists.list': LIST,
  'firewalls.prefixLists.family': FAMILY,
  'firewalls.prefixLists.id': { rule: 'must be the id of a managed prefix list', example: '"pl-0123456789abcdef0"' },
  'firewalls.wafIpSets': {
    rule: 'must list objects with list, family, scope, name and id, each IP set once',
    example:
      '[{ "list": "callback", "family": "ipv4", "scope": "REGIONAL", "name": "wechat", "id": "a1b2c3d4-5678-90ab-cdef-EXAMPLE11111" }]',
  },
  'firewalls.wafIpSets.list': LIST,
  'firewalls.wafIpSets.family': FAMILY,
  'firewalls.wafIpSets.scope': { rule: 'must be "REGIONAL" or "CLOUDFRONT"', example: '"REGIONAL"' },
  'firewalls.wafIpSets.name': { rule: 'must be the name of an IP set', example: '"wechat-callback"' },
  'firewalls.wafIpSets.id': { rule: 'must be the id of an IP set', example: '"a1b2c3d4-5678-90ab-cdef-EXAMPLE11111"' },
};
