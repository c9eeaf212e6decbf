import { describe, expect, it } from 'vitest';
import { resourcesOf } from './resources.ts';
import { exampleApp, exampleStack, exampleTemplate } from './synthesise.ts';

const BOUNDARY = 'arn:aws:iam::123456789012:policy/developer-boundary';

describe('several stages in one AWS account', () => {
  it('share no name: what the stack names itself has the stage in it', () => {
    const differences = { egress: { kind: 'nat', zones: 2 }, alarmEmail: 'on-call@example.com', auth: 'both' };
    const resources: object = exampleTemplate(differences).toJSON()['Resources'];
    const names = Object.values(resources).flatMap(namesIn);
    expect(names).toContain('wechat-gateway-test-refresh-every-minute');
    expect(names.filter((name) => !name.startsWith('wechat-gateway-test'))).toEqual([]);
  });

  it('fit their names, the longest too', () => {
    const stage = 'x'.repeat(20);
    const stack = exampleStack(exampleApp(), {}, stage);
    expect(`${stack.stackName}-refresh-every-minute`.length).toBeLessThanOrEqual(64);
  });

  it('differ in the secrets that they reach', () => {
    const policies = JSON.stringify(exampleTemplate().findResources('AWS::IAM::Policy'));
    expect([...new Set(policies.match(/secret:[^"]*/g))]).toEqual(['secret:wechat-gateway/test/*']);
  });
});

describe('what an organisation demands', () => {
  it('bounds every role by the policy that the stage names', () => {
    const everything = { egress: 'nat', auth: 'both', alarmEmail: 'on-call@example.com' };
    const roles = resourcesOf('AWS::IAM::Role', { ...everything, permissionsBoundaryArn: BOUNDARY });
    expect(roles.length).toBeGreaterThan(8);
    expect(roles).toEqual(
      roles.map(() =>
        expect.objectContaining({ Properties: expect.objectContaining({ PermissionsBoundary: BOUNDARY }) }),
      ),
    );
  });

  it('gives the stack its tags, which CloudFormation puts on all in it', () => {
    const app = exampleApp();
    const stack = exampleStack(app, { tags: { 'cost-centre': '4711' } });
    expect(app.synth().getStackArtifact(stack.artifactId).tags).toEqual({ 'cost-centre': '4711' });
  });
});

/** The names that a resource is given, by which AWS tells it from others of its kind. A policy's name is its role's affair, a metric's is no resource's. */
function namesIn(resource: unknown): readonly string[] {
  const properties: object = Object(Object(resource).Properties);
  return Object.entries(properties).flatMap(([key, value]) =>
    /^(?!Stage|Display|Domain|Policy|Metric)\w*Name$/.test(key) && typeof value === 'string' ? [value] : [],
  );
}
