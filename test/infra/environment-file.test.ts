import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  EnvironmentFileError,
  parseEnvironment,
  parseStage,
  readEnvironmentFile,
} from '../../infra/environment-file.ts';
import { EXAMPLE_ENVIRONMENT } from './synthesise.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** The faults that a value has, in the order of the error's lines. */
function faultsOf(value: unknown): readonly string[] {
  try {
    parseEnvironment(value, 'example.json');
  } catch (error) {
    if (error instanceof EnvironmentFileError) return error.faults;
    throw error;
  }
  return [];
}

function fileWith(text: string): string {
  const directory = temporaryFolder();
  writeFileSync(join(directory, 'test.json'), text);
  return directory;
}

describe('an environment file', () => {
  it('lists all of five mistakes, each with field, reason and example', () => {
    const faults = faultsOf({
      region: 'Singapore',
      egress: 'proxy',
      pathPrefix: 'wechat/',
      upstreamHosts: ['https://api.weixin.qq.com'],
      throttling: { rate: 0.5, burst: 200 },
      logRetentionDays: 30,
    });
    expect(faults).toEqual([
      'region: must be the name of an AWS region, not "Singapore"; example: "ap-southeast-1"',
      'egress: must be "none", "nat" or an object with a kind, not "proxy"; example: { "kind": "nat", "zones": 2 }',
      'pathPrefix: must be empty, or begin with "/", hold plain segments and not end with "/", not "wechat/"; example: "/wechat"',
      'upstreamHosts: must list at least one host name, lower-case, without scheme, port and path, not "https://api.weixin.qq.com"; example: ["api.weixin.qq.com", "api2.weixin.qq.com"]',
      'throttling.rate: must be a whole number of requests a second, at least 1, not 0.5; example: 1000',
    ]);
  });

  it('lists all of five misspelt fields, and what else is wrong beside them', () => {
    const misspelt = { regoin: 'x', auht: 'iam', tagz: {}, throttling: { rate: 0, brust: 1, rte: 1, burst: 1 } };
    const faults = faultsOf({ ...EXAMPLE_ENVIRONMENT, ...misspelt });
    expect(new Set(faults.map((fault) => fault.split(':')[0]))).toEqual(
      new Set(['auht', 'regoin', 'tagz', 'throttling.brust', 'throttling.rate', 'throttling.rte']),
    );
  });

  it('says which fields are another kind of egress’s', () => {
    const egress = { kind: 'none', zones: 2, vpcId: 'vpc-0123456789abcdef0' };
    expect(faultsOf({ ...EXAMPLE_ENVIRONMENT, egress })).toEqual([
      'egress.zones: is no field of this egress; take it out, or choose another kind',
      'egress.vpcId: is no field of this egress; take it out, or choose another kind',
    ]);
  });

  it('names its file and puts each fault on a line of its own', () => {
    const directory = fileWith('{"region": 7, "logRetentionDays": 2}');
    expect(() => readEnvironmentFile('test', directory)).toThrow(
      /^infra\/environments\/test\.json is not usable:\n {2}- region: .*\n {2}- egress: is missing .*\n {2}- throttling: is missing .*\n {2}- logRetentionDays: [^\n]*$/,
    );
  });

  it('refuses fields that it does not know, at every depth, and lists those it does', () => {
    const faults = faultsOf({ ...EXAMPLE_ENVIRONMENT, regoin: 'x', throttling: { rate: 1, burst: 1, brust: 1 } });
    expect(faults).toHaveLength(2);
    expect(faults).toContainEqual(
      expect.stringMatching(/^regoin: is not a field .* region, auth, icpApproved, egress, domain, pathPrefix, /),
    );
    expect(faults).toContain(
      'throttling.brust: is not a field of an environment file; the fields are throttling.rate, throttling.burst',
    );
  });

  it('is short when nothing is special', () => {
    expect(parseEnvironment(EXAMPLE_ENVIRONMENT, 'example.json')).toEqual({
      ...EXAMPLE_ENVIRONMENT,
      auth: 'key',
      icpApproved: false,
      egress: { kind: 'none' },
      pathPrefix: '',
      upstreamHosts: ['api.weixin.qq.com', 'api2.weixin.qq.com'],
      removalPolicy: 'retain',
      tags: {},
    });
  });

  it.each([
    ['ap-southeast-1', ['api.weixin.qq.com', 'api2.weixin.qq.com']],
    ['ap-east-1', ['hk.api.weixin.qq.com', 'api.weixin.qq.com']],
    ['cn-north-1', ['api.weixin.qq.com', 'sh.api.weixin.qq.com']],
  ])('has in %s the hosts of WeChat that are near', (region, upstreamHosts) => {
    const parsed = parseEnvironment({ ...EXAMPLE_ENVIRONMENT, region, auth: 'iam' }, 'example.json');
    expect(parsed.upstreamHosts).toEqual(upstreamHosts);
  });

  it('may name firewalls: prefix lists and WAF IP sets, either kind alone too', () => {
    const prefixLists = [{ list: 'callback', family: 'ipv4', id: 'pl-0123456789abcdef0' }];
    const wafIpSets = [{ list: 'api-domain', family: 'ipv6', scope: 'CLOUDFRONT', name: 'wechat', id: 'a1b2-c3' }];
    expect(
      parseEnvironment({ ...EXAMPLE_ENVIRONMENT, firewalls: { prefixLists, wafIpSets } }, 'example.json').firewalls,
    ).toEqual({ prefixLists, wafIpSets });
    expect(parseEnvironment({ ...EXAMPLE_ENVIRONMENT, firewalls: { wafIpSets } }, 'example.json').firewalls).toEqual({
      prefixLists: [],
      wafIpSets,
    });
  });

  it('refuses a firewall that is not spelt right, and one that is to hold two lists', () => {
    const id = 'pl-0123456789abcdef0';
    const both = ['callback', 'api-domain'].map((list) => ({ list, family: 'ipv4', id }));
    expect(faultsOf({ ...EXAMPLE_ENVIRONMENT, firewalls: { prefixLists: both } })).toEqual([
      expect.stringMatching(
        /^firewalls\.prefixLists: must list objects with list, family and id, each prefix list once/,
      ),
    ]);
    const misspelt = { list: 'callbacks', family: 'v4', id: 'prefix-list' };
    expect(faultsOf({ ...EXAMPLE_ENVIRONMENT, firewalls: { prefixLists: [misspelt] } })).toEqual([
      'firewalls.prefixLists.list: must be "callback" or "api-domain", not "callbacks"; example: "callback"',
      'firewalls.prefixLists.family: must be "ipv4" or "ipv6", not "v4"; example: "ipv4"',
      'firewalls.prefixLists.id: must be the id of a managed prefix list, not "prefix-list"; example: "pl-0123456789abcdef0"',
    ]);
  });

  it.each([undefined, null, 7, 'text'])('must hold an object, not %j', (value) => {
    expect(faultsOf(value)).toEqual(['it must hold a JSON object']);
  });

  it('must be JSON', () => {
    expect(() => readEnvironmentFile('test', fileWith('{region'))).toThrow(/it is not JSON: /);
  });

  it('must exist, and the error says where to start from', () => {
    expect(() => readEnvironmentFile('production', fileWith('{}'))).toThrow(
      /production\.json is not usable:\n {2}- it does not exist: copy infra\/environments\/dev\.json/,
    );
  });

  it.each(readdirSync(join(import.meta.dirname, '../../infra/environments')))('%s in the project is valid', (name) => {
    expect(() => readEnvironmentFile(parseStage(name.replace(/\.json$/, '')))).not.toThrow();
  });
});

describe('the name of a stage', () => {
  it.each(['dev', 'prod-2', 'a', 'x'.repeat(20)])('may be %s', (stage) => {
    expect(parseStage(stage)).toBe(stage);
  });

  it.each(['', 'Dev', 'a/b', '../dev', 'x'.repeat(21), 'dev\n', 7, undefined])('may not be %j', (stage) => {
    expect(() => parseStage(stage)).toThrow(EnvironmentFileError);
  });
});
