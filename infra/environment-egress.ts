import * as v from 'valibot';
import type { EnvironmentField } from './environment-field.ts';

const ALLOCATION_ID = /^eipalloc-[0-9a-f]{8,17}$/;
const VPC_ID = /^vpc-[0-9a-f]{8,17}$/;
const SUBNET_ID = /^subnet-[0-9a-f]{8,17}$/;
const SECURITY_GROUP_ID = /^sg-[0-9a-f]{8,17}$/;

const ids = (pattern: RegExp) =>
  v.pipe(
    v.array(v.pipe(v.string(), v.regex(pattern))),
    v.minLength(1),
    v.check((list) => new Set(list).size === list.length),
  );
const address = v.pipe(v.string(), v.ipv4());

/** By Lambda's own changing addresses, which WeChat's IP allow-list cannot hold. */
const none = v.strictObject({ kind: v.literal('none') });

/** Through NAT gateways of the stack's own, each with an Elastic IP that is an output and outlives the stack. */
const nat = v.pipe(
  v.strictObject({
    kind: v.literal('nat'),
    /** NAT gateways, each in an availability zone of its own. With 1, the loss of that zone is the loss of the way to WeChat. */
    zones: v.optional(v.picklist([1, 2]), 1),
    /** Elastic IPs that exist already, one per zone: those that an earlier stack left behind. Default: the stack makes its own. */
    elasticIps: v.optional(
      v.array(v.strictObject({ allocationId: v.pipe(v.string(), v.regex(ALLOCATION_ID)), address })),
      [],
    ),
  }),
  v.forward(
    v.partialCheck(
      [['zones'], ['elasticIps']],
      ({ zones, elasticIps }) =>
        elasticIps.length === 0 || new Set(elasticIps.map(({ allocationId }) => allocationId)).size === zones,
      'must name as many different Elastic IPs as there are zones, or none',
    ),
    ['elasticIps'],
  ),
);

/** Through a VPC that exists already and has its own way out. */
const existingVpc = v.strictObject({
  kind: v.literal('existing-vpc'),
  vpcId: v.pipe(v.string(), v.regex(VPC_ID)),
  /** Private subnets with a route to a NAT gateway or the like: functions have no public addresses. */
  subnetIds: ids(SUBNET_ID),
  /** They must let HTTPS out. */
  securityGroupIds: ids(SECURITY_GROUP_ID),
  /** The addresses by which that VPC is seen from outside, for the output `EgressAddresses`. Default: none, and no output. */
  addresses: v.optional(v.array(address), []),
});

const inFull = v.variant('kind', [none, nat, existingVpc]);

const inShort = v.pipe(
  v.picklist(['none', 'nat']),
  v.transform((kind): v.InferOutput<typeof inFull> => (kind === 'nat' ? { kind, zones: 1, elasticIps: [] } : { kind })),
);

/** The field `egress` of an environment file: how the functions reach WeChat. `"none"` and `"nat"` are short for objects of that kind alone. */
export const egress = v.lazy((input) => (typeof input === 'string' ? inShort : inFull));

/** A stage's way out, parsed. */
export type StageEgress = v.InferOutput<typeof inFull>;

const VPC_EXAMPLE =
  '{ "kind": "existing-vpc", "vpcId": "vpc-0123456789abcdef0", "subnetIds": ["subnet-0123456789abcdef0"], "securityGroupIds": ["sg-0123456789abcdef0"] }';

/** What each of these fields has to be and an example that is, for the faults. */
export const EGRESS_FIELDS: Readonly<Record<string, EnvironmentField>> = {
  egress: { rule: 'must be "none", "nat" or an object with a kind', example: '{ "kind": "nat", "zones": 2 }' },
  'egress.kind': { rule: 'must be "none", "nat" or "existing-vpc"', example: VPC_EXAMPLE },
  'egress.zones': { rule: 'must be 1 or 2', example: '2' },
  'egress.elasticIps': {
    rule: 'must list objects with allocationId and address, one per zone',
    example: '[{ "allocationId": "eipalloc-0123456789abcdef0", "address": "203.0.113.7" }]',
  },
  'egress.elasticIps.allocationId': {
    rule: 'must be the allocation id of an Elastic IP',
    example: '"eipalloc-0123456789abcdef0"',
  },
  'egress.elasticIps.address': { rule: 'must be the public IPv4 address of that Elastic IP', example: '"203.0.113.7"' },
  'egress.vpcId': { rule: 'must be the id of a VPC', example: '"vpc-0123456789abcdef0"' },
  'egress.subnetIds': {
    rule: 'must list ids of private subnets that have a way out, each once',
    example: '["subnet-0123456789abcdef0"]',
  },
  'egress.securityGroupIds': {
    rule: 'must list ids of security groups, each once',
    example: '["sg-0123456789abcdef0"]',
  },
  'egress.addresses': { rule: 'must list the public IPv4 addresses of that VPC', example: '["203.0.113.7"]' },
};
