import { describe, expect, it } from 'vitest';
import { exampleApp, exampleStack, exampleTemplate } from './synthesise.ts';

const textOf = (differences: object): string => JSON.stringify(exampleTemplate(differences).toJSON());

describe('the template', () => {
  it('holds no secret: no secret resource, no generated or dynamic value, no parameter to pass one in', () => {
    const template = exampleTemplate({ egress: 'nat' });
    expect(template.findResources('AWS::SecretsManager::Secret')).toEqual({});
    expect(JSON.stringify(template.toJSON())).not.toMatch(/\{\{resolve:|SecretString|GenerateSecret|app_?secret"/i);
    expect(Object.keys(template.findParameters('*'))).toEqual(['BootstrapVersion']);
  });

  it.each([
    [
      'nat',
      ['ApiUrl', 'CallWechatApiName', 'EgressAddresses', 'RefreshAccessTokenName', 'SyncServerIpsName', 'TableName'],
    ],
    ['none', ['ApiUrl', 'CallWechatApiName', 'RefreshAccessTokenName', 'SyncServerIpsName', 'TableName']],
  ])('puts out what an operator needs next, egress %s', (egress, names) => {
    expect(Object.keys(exampleTemplate({ egress }).findOutputs('*')).toSorted()).toEqual(names);
  });

  it('puts out the base URL with the path prefix', () => {
    const endpoint = { 'Fn::GetAtt': [expect.stringMatching(/^DoorApi/), 'ApiEndpoint'] };
    expect(exampleTemplate({ pathPrefix: '/wechat' }).findOutputs('ApiUrl')).toMatchObject({
      ApiUrl: { Value: { 'Fn::Join': ['', [endpoint, '/wechat']] } },
    });
  });

  it('names no AWS account, so that synth needs no credentials', () => {
    const stack = exampleStack(exampleApp(), { egress: 'nat' });
    expect(stack.environment).toBe('aws://unknown-account/ap-southeast-1');
  });

  it.each([
    ['ap-southeast-1', 'aws'],
    ['cn-north-1', 'aws-cn'],
  ])('in %s has only ARNs of partition %s', (region, partition) => {
    const partitions = [...textOf({ region, egress: 'nat' }).matchAll(/arn:([^:"]*):/g)].map((match) => match[1]);
    expect(new Set(partitions)).toEqual(new Set([partition]));
  });

  it.each(['ap-southeast-1', 'cn-north-1'])('in %s spells amazonaws.com only in service principals', (region) => {
    const text = textOf({ region, egress: 'nat' });
    const spelt = [...text.matchAll(/"([^"]*)":"([^"]*\.amazonaws\.com[^"]*)"/g)].map(
      ([, name, value]) => `${name} ${value}`,
    );
    expect(spelt).toHaveLength(text.split('amazonaws.com').length - 1);
    // The same in every partition.
    expect([...new Set(spelt)].toSorted()).toEqual([
      'Principal apigateway.amazonaws.com',
      'Service lambda.amazonaws.com',
      'Service scheduler.amazonaws.com',
    ]);
  });
});
