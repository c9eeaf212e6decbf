import { Stack, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  HttpMethod,
  HttpStage,
  LogGroupLogDestination,
  PayloadFormatVersion,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StageEnvironment } from '../environment-file.ts';
import type { GatewayFunction } from './gateway-function.ts';
import { OwnDomain } from './own-domain.ts';
import { removalPolicyOf } from './removal-policy.ts';

// One JSON line per request. Neither the query string nor a header is among the fields: both carry credentials. `$context.path` has no query
// (API Gateway Developer Guide, "Customize HTTP API access logs").
const ACCESS_LOG_LINE = JSON.stringify({
  requestId: '$context.requestId',
  requestTimeMs: '$context.requestTimeEpoch',
  sourceIp: '$context.identity.sourceIp',
  method: '$context.httpMethod',
  path: '$context.path',
  status: '$context.status',
  responseBytes: '$context.responseLength',
  responseLatencyMs: '$context.responseLatency',
  integrationError: '$context.integrationErrorMessage',
});

const STAGE_NAME = '$default';

/**
 * The HTTP API that the internet sees. All goes to one function as a payload of version 2.0, by the doors that `auth` opens: `key`, every method and
 * path, so that WeChat's own paths work from the host's root and the function authenticates each call by its caller key; `iam`, what is under
 * `/iam/` after the path prefix, which API Gateway lets in only with a signature of AWS credentials that may invoke it.
 */
export class HttpDoor extends Construct {
  readonly api: HttpApi;
  readonly accessLogs: LogGroup;
  readonly domain: OwnDomain | undefined;
  /** `https://<host>` without a slash at its end: the stage's own domain, or what API Gateway gave. */
  readonly origin: string;

  constructor(scope: Construct, id: string, target: GatewayFunction, environment: StageEnvironment) {
    super(scope, id);
    const integration = new HttpLambdaIntegration('Function', target.lambda, {
      payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
    });
    const { auth, domain, pathPrefix, throttling } = environment;
    this.api = new HttpApi(this, 'Api', {
      apiName: Stack.of(this).stackName,
      createDefaultStage: false,
      ...(auth !== 'iam' && { defaultIntegration: integration }),
    });
    if (auth !== 'key') {
      const path = `${pathPrefix}/iam/{proxy+}`;
      this.api.addRoutes({ path, methods: [HttpMethod.ANY], integration, authorizer: new HttpIamAuthorizer() });
    }
    this.accessLogs = new LogGroup(this, 'AccessLogs', {
      retention: environment.logRetentionDays,
      removalPolicy: removalPolicyOf(environment),
    });
    const stage = this.createStage(throttling);
    this.domain = domain && new OwnDomain(this, 'Domain', this.api, stage, domain);
    this.origin = domain === undefined ? this.api.apiEndpoint : `https://${domain.name}`;
    Validations.of(this.api).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason:
        'The function authenticates every call by its caller key: SDKs of WeChat can neither sign requests nor use an authorizer.',
    });
  }

  /** What a role has to be allowed, `execute-api:Invoke`, to come in by the door `iam`. */
  iamInvokeArn(pathPrefix: string): string {
    return this.api.arnForExecuteApi('*', `${pathPrefix}/iam/*`, STAGE_NAME);
  }

  private createStage({ rate, burst }: StageEnvironment['throttling']): HttpStage {
    return new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: STAGE_NAME,
      autoDeploy: true,
      throttle: { rateLimit: rate, burstLimit: burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(this.accessLogs),
        format: AccessLogFormat.custom(ACCESS_LOG_LINE),
      },
    });
  }
}
