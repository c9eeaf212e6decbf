import { Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpStage, LogGroupLogDestination, PayloadFormatVersion } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { GatewayFunction } from './gateway-function.ts';

/** What is particular to the API of a stage. */
export interface HttpDoorProps {
  readonly target: GatewayFunction;
  /** Requests a second for the whole API on average, and the size of a burst. */
  readonly throttling: { readonly rate: number; readonly burst: number };
  readonly logRetention: RetentionDays;
}

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

/**
 * The HTTP API that the internet sees. Every method and path goes to one function as a payload of version 2.0, so that WeChat's own paths work from
 * the host's root; the function itself authenticates each call by its caller key.
 */
export class HttpDoor extends Construct {
  /** `https://<host>` without a slash at its end. */
  readonly origin: string;

  constructor(scope: Construct, id: string, props: HttpDoorProps) {
    super(scope, id);
    const api = new HttpApi(this, 'Api', {
      createDefaultStage: false,
      defaultIntegration: new HttpLambdaIntegration('Function', props.target.lambda, {
        payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
      }),
    });
    const accessLogs = new LogGroup(this, 'AccessLogs', { retention: props.logRetention });
    new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: props.throttling.rate, burstLimit: props.throttling.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLogs),
        format: AccessLogFormat.custom(ACCESS_LOG_LINE),
      },
    });
    this.origin = api.apiEndpoint;
    Validations.of(api).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason:
        'The function authenticates every call by its caller key: SDKs of WeChat can neither sign requests nor use an authorizer.',
    });
  }
}
