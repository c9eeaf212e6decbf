import { type Duration, Validations } from 'aws-cdk-lib';
import { type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StageEnvironment } from '../environment-file.ts';
import type { Egress } from './egress.ts';
import type { GatewayTable } from './gateway-table.ts';
import type { NoticeTopic } from './notice-topic.ts';
import { removalPolicyOf } from './removal-policy.ts';
import { grantVpcAttachment } from './vpc-attachment.ts';

/** What the functions of a stage find around them. */
export interface FunctionSurroundings {
  readonly stage: string;
  readonly environment: StageEnvironment;
  readonly table: GatewayTable;
  /** Absent: the functions leave by Lambda's own addresses. */
  readonly egress: Egress | undefined;
  /** Absent: nobody is to be written to. */
  readonly notices: NoticeTopic | undefined;
}

/** What is particular to one function. */
export interface GatewayFunctionProps {
  readonly description: string;
  /** The folder that `buildFunction` made. */
  readonly bundleDirectory: string;
  /** From `environmentOf`. */
  readonly variables: Record<string, string>;
  readonly timeout: Duration;
  readonly memorySizeMiB: number;
}

/**
 * One Lambda function on Node 24 and arm64 with a log group and a role of its own. The role may write to that log group and nothing else
 * until it is granted more.
 */
export class GatewayFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly role: IRole;
  readonly logs: LogGroup;

  constructor(scope: Construct, id: string, surroundings: FunctionSurroundings, props: GatewayFunctionProps) {
    super(scope, id);
    const { environment, egress } = surroundings;
    this.logs = new LogGroup(this, 'Logs', {
      retention: environment.logRetentionDays,
      removalPolicy: removalPolicyOf(environment),
    });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.logs.grantWrite(this.role);
    if (egress !== undefined) grantVpcAttachment(this.role);
    this.lambda = new LambdaFunction(this, 'Function', {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(props.bundleDirectory),
      handler: 'handler.handler',
      environment: props.variables,
      timeout: props.timeout,
      memorySize: props.memorySizeMiB,
      role: this.role,
      logGroup: this.logs,
      loggingFormat: LoggingFormat.JSON,
      ...egress?.placement,
    });
    Validations.of(this.lambda).acknowledge(
      {
        id: 'Serverless-LambdaDLQ',
        reason:
          'Functions that are invoked asynchronously have a failure destination, which tells more; the others have no event to keep.',
      },
      {
        id: 'Serverless-LambdaTracing',
        reason:
          "Each call's log line has the durations of its parts; traces cost per call, and the SDK that makes them is near the end of its support.",
      },
    );
  }

  /** Lets a role invoke the function's current code; no version and no alias. */
  grantInvokeBy(role: IRole): void {
    role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.lambda.functionArn] }),
    );
  }
}
