import { Validations } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { exampleApp, exampleStack } from './synthesise.ts';

// A file of its own: with findings open, the app of whoever adds the checks cannot be synthesised.
describe('cdk-nag AwsSolutions', () => {
  it.each(['none', 'nat'])('has no open finding with egress %s', (egress) => {
    const app = exampleApp();
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    exampleStack(app, { egress });
    expect(() => app.synth()).not.toThrow();
  });

  it('has no open finding with firewalls named', () => {
    const app = exampleApp();
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    const prefixLists = [{ list: 'callback', family: 'ipv4', id: 'pl-0123456789abcdef0' }];
    const wafIpSets = [{ list: 'callback', family: 'ipv4', scope: 'REGIONAL', name: 'wechat', id: 'a1b2' }];
    exampleStack(app, { egress: 'nat', firewalls: { prefixLists, wafIpSets } });
    expect(() => app.synth()).not.toThrow();
  });

  it('does look: a queue without encryption in transit is found', () => {
    const app = exampleApp();
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    const stack = exampleStack(app);
    expect(new Queue(stack, 'Careless')).toBeDefined();
    expect(() => app.synth()).toThrow('Careless');
  });
});
