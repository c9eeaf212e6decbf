import type { Duration } from 'aws-cdk-lib';
import { type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { NatEgress } from './nat-egress.ts';

/** What is particular to one function. */
export interface GatewayFunctionProps {
  readonly description: string;
  /** The folder that `buildFunction` made. */
  readonly bundleDirectory: string;
  /** From `environmentOf`. */
  readonly environment: Record<string, string>;
  readonly timeout: Duration;
  readonly memorySizeMiB: number;
  readonly logRetention: RetentionDays;
  /** Absent: the function leaves by Lambda's own addresses. */
  readonly egress: NatEgress | undefined;
}

/**
 * One Lambda function on Node 24 and arm64 with a log group and a role of its own. The role may write to that log group and nothing else
 * until it is granted more.
 */
export class GatewayFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly role: IRole;

  constructor(scope: Construct, id: string, props: GatewayFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', { retention: props.logRetention });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(this.role);
    props.egress?.grantAttachment(this.role);
    this.lambda = new LambdaFunction(this, 'Function', {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(props.bundleDirectory),
      handler: 'handler.handler',
      environment: props.environment,
      timeout: props.timeout,
      memorySize: props.memorySizeMiB,
      role: this.role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      ...props.egress?.placement,
    });
  }

  /** Lets a role invoke the function's current code; no version and no alias. */
  grantInvokeBy(role: IRole): void {
    role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.lambda.functionArn] }),
    );
  }
}
