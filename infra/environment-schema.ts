import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as v from 'valibot';
import { callWechatApiSettings } from '../functions/call-wechat-api/settings.ts';
import { CERTIFICATE_ARN, DOMAIN_FIELDS, domain, HOST } from './environment-domain.ts';
import { EGRESS_FIELDS, egress } from './environment-egress.ts';
import type { EnvironmentField } from './environment-field.ts';
import { FIREWALL_FIELDS, firewalls } from './environment-firewalls.ts';
import { defaultUpstreamHosts, isInChina, partitionOf, REGION } from './environment-region.ts';
import { isTags, TAGS_FIELD } from './environment-tags.ts';

/** Standard topics only: a FIFO topic takes no message without a group. */
const TOPIC_ARN = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/;
const POLICY_ARN = /^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/;
/** Without a fragment: the notices add the alarm's section to it. */
const HTTPS_ADDRESS = /^https:\/\/[^\s#]+$/;

/** The retention periods that CloudWatch Logs offers, in days, without "for ever" (API reference, PutRetentionPolicy). */
const RETENTION_DAYS = Object.values(RetentionDays).filter(
  (days): days is RetentionDays => typeof days === 'number' && days !== RetentionDays.INFINITE,
);

const requestCount = v.pipe(v.number(), v.integer(), v.minValue(1));
const text = (pattern: RegExp) => v.pipe(v.string(), v.regex(pattern));

const fields = v.strictObject({
  /** The AWS region of everything in the stack. */
  region: text(REGION),
  /** Who gets in: `key`, callers with a caller key; `iam`, only requests signed by AWS credentials, under `/iam`; `both`. Default: `key`. */
  auth: v.optional(v.picklist(['key', 'iam', 'both']), 'key'),
  /** In AWS China: the AWS account has an ICP licence, without which it serves only signed requests. Default: false. */
  icpApproved: v.optional(v.boolean(), false),
  egress,
  /** A host name of one's own for the API. Default: only the one that API Gateway gives. */
  domain: v.optional(domain),
  /** Where the gateway is mounted, such as `/wechat`: stripped from every path before any check. Default: the host's root. */
  pathPrefix: v.optional(v.pipe(v.string(), v.check(isPathPrefix)), ''),
  /** WeChat's hosts in the order they are tried, by HTTPS on port 443. Default: by region. */
  upstreamHosts: v.optional(v.pipe(v.array(text(HOST)), v.minLength(1))),
  /** API Gateway's limit for the whole API: `rate` requests a second on average and bursts of `burst`. Past it callers get 429. */
  throttling: v.strictObject({ rate: requestCount, burst: requestCount }),
  /** How long all logs of the stack are kept. */
  logRetentionDays: v.picklist(RETENTION_DAYS),
  /** Whom the stack writes to about alarms and changed IP lists: it makes the topic and subscribes the address. Default: nobody. */
  alarmEmail: v.optional(v.pipe(v.string(), v.email())),
  /** In its place, an SNS topic that exists already, in the stack's region. */
  alarmTopicArn: v.optional(text(TOPIC_ARN)),
  /** Where people read `docs/runbook.md`, for the links in notices. Default: notices name the file and the section. */
  runbookUrl: v.optional(text(HTTPS_ADDRESS)),
  /** What becomes of table, key, Elastic IPs and logs when the stack is deleted. `destroy` is for rehearsals. Default: `retain`. */
  removalPolicy: v.optional(v.picklist(['retain', 'destroy']), 'retain'),
  /** A policy that bounds every role of the stack, where an organisation demands one. Default: none. */
  permissionsBoundaryArn: v.optional(text(POLICY_ARN)),
  /** Tags on the stack and on all in it that can be tagged. Default: none. */
  tags: v.optional(v.custom<Record<string, string>>(isTags), {}),
  /** Firewalls of this AWS account that the daily sync keeps equal to WeChat's lists of server IPs. Default: none. */
  firewalls: v.optional(firewalls),
});

/** A stage's environment file: what each field may be, and what the fields demand of one another. */
export const environmentSchema = v.pipe(
  fields,
  v.forward(
    v.partialCheck(
      [['region'], ['auth'], ['icpApproved']],
      ({ region, auth, icpApproved }) => !isInChina(region) || icpApproved || auth === 'iam',
      'must be "iam" in AWS China while icpApproved is not true: without an ICP licence AWS serves only requests signed by AWS credentials. ' +
        'WeChat SDKs cannot sign, so apps there need code of their own',
    ),
    ['auth'],
  ),
  v.forward(
    v.partialCheck(
      [['region'], ['domain']],
      ({ region, domain: own }) => isOfRegion(own?.certificateArn, CERTIFICATE_ARN, region, `acm:${region}`),
      "must be a certificate in the stack's own region",
    ),
    ['domain', 'certificateArn'],
  ),
  v.forward(
    v.partialCheck(
      [['alarmEmail'], ['alarmTopicArn']],
      ({ alarmEmail, alarmTopicArn }) => alarmEmail === undefined || alarmTopicArn === undefined,
      'must be absent when there is an alarmEmail, for which the stack makes a topic itself',
    ),
    ['alarmTopicArn'],
  ),
  v.forward(
    v.partialCheck(
      [['region'], ['alarmTopicArn']],
      ({ region, alarmTopicArn }) => isOfRegion(alarmTopicArn, TOPIC_ARN, region, `sns:${region}`),
      "must be a topic in the stack's own region",
    ),
    ['alarmTopicArn'],
  ),
  v.forward(
    v.partialCheck(
      [['region'], ['permissionsBoundaryArn']],
      ({ region, permissionsBoundaryArn }) => isOfRegion(permissionsBoundaryArn, POLICY_ARN, region, 'iam:'),
      "must be a policy in the partition of the stack's region",
    ),
    ['permissionsBoundaryArn'],
  ),
  v.transform((given) => ({
    ...given,
    upstreamHosts: given.upstreamHosts ?? defaultUpstreamHosts(given.region),
  })),
);

/** What each field has to be and an example that is, for the faults. */
export const ENVIRONMENT_FIELDS: Readonly<Record<string, EnvironmentField>> = {
  region: { rule: 'must be the name of an AWS region', example: '"ap-southeast-1"' },
  auth: { rule: 'must be "key", "iam" or "both"', example: '"iam"' },
  icpApproved: { rule: 'must be true or false', example: 'true' },
  ...EGRESS_FIELDS,
  ...DOMAIN_FIELDS,
  pathPrefix: {
    rule: 'must be empty, or begin with "/", hold plain segments and not end with "/"',
    example: '"/wechat"',
  },
  upstreamHosts: {
    rule: 'must list at least one host name, lower-case, without scheme, port and path',
    example: '["api.weixin.qq.com", "api2.weixin.qq.com"]',
  },
  throttling: { rule: 'must be an object with rate and burst', example: '{ "rate": 1000, "burst": 1000 }' },
  'throttling.rate': { rule: 'must be a whole number of requests a second, at least 1', example: '1000' },
  'throttling.burst': { rule: 'must be a whole number of requests, at least 1', example: '1000' },
  logRetentionDays: {
    rule: `must be a retention period of CloudWatch Logs: ${RETENTION_DAYS.toSorted((a, b) => a - b).join(', ')}`,
    example: '30',
  },
  alarmEmail: { rule: 'must be an e-mail address', example: '"on-call@example.com"' },
  alarmTopicArn: {
    rule: 'must be the ARN of a standard SNS topic',
    example: '"arn:aws:sns:ap-southeast-1:123456789012:wechat-gateway-alarms"',
  },
  runbookUrl: {
    rule: 'must be an https address without a fragment',
    example: '"https://git.example.com/wechat-gateway/docs/runbook.md"',
  },
  removalPolicy: { rule: 'must be "retain" or "destroy"', example: '"retain"' },
  permissionsBoundaryArn: {
    rule: 'must be the ARN of an IAM policy',
    example: '"arn:aws:iam::123456789012:policy/developer-boundary"',
  },
  tags: TAGS_FIELD,
  ...FIREWALL_FIELDS,
};

/** Whether an ARN goes on like this after its partition, which is the region's. What is no ARN or no region at all is a fault of its own. */
function isOfRegion(arn: string | undefined, form: RegExp, region: string, start: string): boolean {
  if (arn === undefined || !form.test(arn) || !REGION.test(region)) return true;
  return arn.startsWith(`arn:${partitionOf(region)}:${start}:`);
}

function isPathPrefix(prefix: string): boolean {
  if (prefix === '') return true;
  try {
    return callWechatApiSettings.pathPrefix.parse(prefix) === prefix;
  } catch {
    // Expected: the function's own parser refuses it, and the fault names the rule.
    return false;
  }
}
