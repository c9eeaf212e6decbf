import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { STACK, STAGE } from './deployment.ts';
import type { PeopledScene } from './scene.ts';
import { waitFor } from './wait-for.ts';

const NOTICE_CEILING_MS = 60_000;

/**
 * Has the deployed function hear that an alarm went on, and waits for the message to people. MiniStack lets alarms change but tells EventBridge nothing,
 * so the function is invoked as EventBridge would.
 * @returns the message, in one line
 */
export async function noticeOf({ report, written }: PeopledScene, alarm: string): Promise<string> {
  const FunctionName = await functionName();
  const Payload = Buffer.from(JSON.stringify(alarmEvent(`wechat-gateway-${STAGE}-${alarm}`)));
  const seen = (await written()).length;
  await new LambdaClient().send(new InvokeCommand({ FunctionName, Payload, InvocationType: 'Event' }));
  return waitFor({ what: 'the notice', ceilingMs: NOTICE_CEILING_MS, tell: report.tell }, async () => {
    const lines = (await written()).slice(seen).split('\n');
    return lines.find((line) => line.startsWith('MESSAGE'));
  });
}

async function functionName(): Promise<string> {
  const describe = new DescribeStackResourcesCommand({ StackName: STACK });
  const { StackResources = [] } = await new CloudFormationClient().send(describe);
  const found = StackResources.find(
    ({ ResourceType, LogicalResourceId = '' }) =>
      ResourceType === 'AWS::Lambda::Function' && LogicalResourceId.startsWith('SendAlarmNotice'),
  );
  if (found?.PhysicalResourceId !== undefined) return found.PhysicalResourceId;
  throw new Error('the stack has no function SendAlarmNotice');
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html */
function alarmEvent(alarmName: string): object {
  const timestamp = new Date().toISOString();
  return {
    version: '0',
    id: crypto.randomUUID(),
    source: 'aws.cloudwatch',
    'detail-type': 'CloudWatch Alarm State Change',
    time: timestamp,
    detail: {
      alarmName,
      state: { value: 'ALARM', reason: 'Threshold Crossed', timestamp },
      previousState: { value: 'OK', reason: 'Threshold Crossed', timestamp },
    },
  };
}
