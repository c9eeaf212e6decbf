import { describe, expect, it } from 'vitest';
import { propertiesOf } from './resources.ts';
import { exampleTemplate } from './synthesise.ts';

const ROUTE = 'AWS::ApiGatewayV2::Route';
const open = { RouteKey: '$default', AuthorizationType: 'NONE' };
const signed = { RouteKey: 'ANY /iam/{proxy+}', AuthorizationType: 'AWS_IAM' };

describe('the door', () => {
  it("hands every method and path from the host's root to call-wechat-api, payload 2.0", () => {
    expect(propertiesOf(ROUTE)).toMatchObject([open]);
    expect(propertiesOf('AWS::ApiGatewayV2::Integration')).toMatchObject([
      {
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: { 'Fn::GetAtt': [expect.stringMatching(/^CallWechatApiFunction/), 'Arn'] },
        PayloadFormatVersion: '2.0',
      },
    ]);
  });

  it.each([
    ['key', [open]],
    ['iam', [signed]],
    ['both', [open, signed]],
  ])('has for auth %s exactly these routes, all to the same function, which is told', (auth, routes) => {
    const found = propertiesOf(ROUTE, { auth });
    expect(found).toHaveLength(routes.length);
    expect(found).toEqual(expect.arrayContaining(routes.map((route) => expect.objectContaining(route))));
    expect(propertiesOf('AWS::ApiGatewayV2::Integration', { auth })).toHaveLength(1);
    expect(propertiesOf('AWS::Lambda::Function', { auth })).toContainEqual(
      expect.objectContaining({ Environment: { Variables: expect.objectContaining({ DOORS: auth }) } }),
    );
  });

  it('lets API Gateway invoke the function by each route that there is', () => {
    expect(propertiesOf('AWS::Lambda::Permission', { auth: 'both' })).toHaveLength(2);
    expect(JSON.stringify(propertiesOf('AWS::Lambda::Permission', { auth: 'iam' }))).toContain('/*/*/iam/{proxy+}');
  });

  it('has the signed route behind the path prefix, and says what a role needs to come in', () => {
    const differences = { auth: 'both', pathPrefix: '/wechat' };
    expect(propertiesOf(ROUTE, differences)).toContainEqual(
      expect.objectContaining({ RouteKey: 'ANY /wechat/iam/{proxy+}' }),
    );
    const { IamInvokeArn, IamApiUrl } = exampleTemplate(differences).findOutputs('*');
    expect(JSON.stringify(IamInvokeArn)).toContain('/$default/*/wechat/iam/*');
    expect(JSON.stringify(IamApiUrl)).toContain('/wechat/iam');
  });

  it('throttles as the environment file says', () => {
    expect(propertiesOf('AWS::ApiGatewayV2::Stage')).toMatchObject([
      { StageName: '$default', DefaultRouteSettings: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 } },
    ]);
  });

  it('logs neither query strings nor headers, which carry credentials', () => {
    const format = JSON.stringify(propertiesOf('AWS::ApiGatewayV2::Stage'));
    expect(format).toContain('$context.path');
    expect(format).not.toMatch(/query|header|authorizer/i);
  });
});

describe('a domain of its own', () => {
  const domain = {
    name: 'wechat.example.com',
    certificateArn: 'arn:aws:acm:ap-southeast-1:123456789012:certificate/12345678-1234-1234-1234-123456789012',
  };
  const hostedZone = { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' };

  it('is the API from its root by TLS 1.2, and the base URL', () => {
    expect(propertiesOf('AWS::ApiGatewayV2::DomainName', { domain })).toEqual([
      {
        DomainName: domain.name,
        DomainNameConfigurations: [
          { CertificateArn: domain.certificateArn, EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2' },
        ],
      },
    ]);
    const [mapping] = propertiesOf('AWS::ApiGatewayV2::ApiMapping', { domain });
    expect(mapping).not.toHaveProperty('ApiMappingKey');
    expect(exampleTemplate({ domain }).findOutputs('ApiUrl')).toMatchObject({
      ApiUrl: { Value: 'https://wechat.example.com' },
    });
  });

  it('puts out what its record has to point to, and makes the record only in a zone that it is given', () => {
    expect(Object.keys(exampleTemplate({ domain }).findOutputs('*'))).toEqual(
      expect.arrayContaining(['ApiEndpoint', 'DomainTarget', 'DomainTargetHostedZoneId']),
    );
    expect(propertiesOf('AWS::Route53::RecordSet', { domain })).toEqual([]);
    expect(propertiesOf('AWS::Route53::RecordSet', { domain: { ...domain, hostedZone } })).toMatchObject([
      { Name: 'wechat.example.com.', Type: 'A', HostedZoneId: hostedZone.id, AliasTarget: expect.anything() },
    ]);
  });
});
