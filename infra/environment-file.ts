import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as v from 'valibot';
import { callWechatApiSettings } from '../functions/call-wechat-api/settings.ts';
import { FIREWALL_FIELDS, firewalls } from './environment-firewalls.ts';

const ENVIRONMENTS = join(import.meta.dirname, 'environments');
const STAGE = /^[a-z0-9-]{1,20}$/;
const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;
/** Standard topics only: a FIFO topic takes no message without a group. */
const TOPIC_ARN = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/;
const HOST = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/;

/** The retention periods that CloudWatch Logs offers, in days, without "for ever" (API reference, PutRetentionPolicy). */
const RETENTION_DAYS = Object.values(RetentionDays).filter(
  (days): days is RetentionDays => typeof days === 'number' && days !== RetentionDays.INFINITE,
);

const requestCount = v.pipe(v.number(), v.integer(), v.minValue(1));

const schema = v.strictObject({
  /** The AWS region of everything in the stack. */
  region: v.pipe(v.string(), v.regex(REGION)),
  /**
   * How the functions reach WeChat. `none`: by Lambda's own changing addresses, which WeChat's IP allow-list cannot hold. `nat`: through a
   * NAT gateway whose Elastic IP is an output and outlives the stack.
   */
  egress: v.picklist(['none', 'nat']),
  /** Where the gateway is mounted, such as `/wechat`: stripped from every path before any check. Default: the host's root. */
  pathPrefix: v.optional(v.pipe(v.string(), v.check(isPathPrefix)), ''),
  /** WeChat's hosts in the order they are tried, by HTTPS on port 443. */
  upstreamHosts: v.optional(v.pipe(v.array(v.pipe(v.string(), v.regex(HOST))), v.minLength(1)), [
    'api.weixin.qq.com',
    'api2.weixin.qq.com',
  ]),
  /** API Gateway's limit for the whole API: `rate` requests a second on average and bursts of `burst`. Past it callers get 429. */
  throttling: v.strictObject({ rate: requestCount, burst: requestCount }),
  /** How long all logs of the stack are kept. */
  logRetentionDays: v.picklist(RETENTION_DAYS),
  /** An SNS topic that exists already, for messages to people: now, changes of the lists of server IPs. Default: none. */
  alarmTopicArn: v.optional(v.pipe(v.string(), v.regex(TOPIC_ARN))),
  /** Firewalls of this AWS account that the daily sync keeps equal to WeChat's lists of server IPs. Default: none. */
  firewalls: v.optional(firewalls),
});

/** A stage's parsed environment file: what needs a deploy to change. */
export type StageEnvironment = v.InferOutput<typeof schema>;

/** What each field has to be and an example that is, for the faults. */
const FIELDS: Readonly<Record<string, { readonly rule: string; readonly example: string }>> = {
  region: { rule: 'must be the name of an AWS region', example: '"ap-southeast-1"' },
  egress: { rule: 'must be "none" or "nat"', example: '"nat"' },
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
  alarmTopicArn: {
    rule: 'must be the ARN of a standard SNS topic',
    example: '"arn:aws:sns:ap-southeast-1:123456789012:wechat-gateway-alarms"',
  },
  ...FIREWALL_FIELDS,
};

/** Thrown when a stage cannot be synthesised: every fault of its environment file at once, one a line, with field, reason and example. */
export class EnvironmentFileError extends Error {
  override readonly name = 'EnvironmentFileError';
  readonly faults: readonly string[];

  constructor(what: string, faults: readonly string[]) {
    super(`${what} is not usable:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}

/**
 * Checks the name of a stage, which becomes part of the stack's name and of the secrets' names.
 * @throws {EnvironmentFileError} unless it is 1 to 20 characters of `a-z`, `0-9` and `-`
 */
export function parseStage(value: unknown): string {
  if (typeof value === 'string' && STAGE.test(value)) return value;
  throw new EnvironmentFileError(`The stage ${JSON.stringify(value)}`, [
    'stage: must be 1 to 20 of the characters a-z, 0-9 and "-"; example: -c stage=dev',
  ]);
}

/**
 * Reads and checks `<directory>/<stage>.json`.
 * @throws {EnvironmentFileError} when there is no such file, or with all faults in it
 */
export function readEnvironmentFile(stage: string, directory = ENVIRONMENTS): StageEnvironment {
  const what = `infra/environments/${stage}.json`;
  if (!readdirSync(directory).includes(`${stage}.json`)) {
    throw new EnvironmentFileError(what, [
      `it does not exist: copy infra/environments/dev.json to it, or name another stage`,
    ]);
  }
  const text = readFileSync(join(directory, `${stage}.json`), 'utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // Not lost: the parser's message says where the text stops being JSON.
    throw new EnvironmentFileError(what, [`it is not JSON: ${error instanceof Error ? error.message : String(error)}`]);
  }
  return parseEnvironment(value, what);
}

/**
 * Checks a stage's environment and fills in the defaults. Unknown fields are faults: a misspelt one would otherwise be a default.
 * @param what how the error names the value
 * @throws {EnvironmentFileError} with all faults
 */
export function parseEnvironment(value: unknown, what: string): StageEnvironment {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new EnvironmentFileError(what, [...new Set(result.issues.map(faultOf))]);
}

function faultOf(issue: v.InferIssue<typeof schema>): string {
  const keys = (issue.path ?? []).map((item) => item.key).filter((key) => typeof key === 'string');
  const path = keys.join('.');
  if (path === '') return 'it must hold a JSON object';
  const field = FIELDS[path];
  if (field === undefined)
    return `${path}: is not a field of an environment file; the fields are ${Object.keys(FIELDS).join(', ')}`;
  const reason =
    issue.received === 'undefined'
      ? `is missing and ${field.rule}`
      : `${field.rule}, not ${issue.received.slice(0, 64)}`;
  return `${path}: ${reason}; example: ${field.example}`;
}

function isPathPrefix(text: string): boolean {
  if (text === '') return true;
  try {
    return callWechatApiSettings.pathPrefix.parse(text) === text;
  } catch {
    // Expected: the function's own parser refuses it, and the fault names the rule.
    return false;
  }
}
