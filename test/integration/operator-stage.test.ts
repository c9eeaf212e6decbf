import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateScheduleCommand, SchedulerClient, UpdateScheduleCommand } from '@aws-sdk/client-scheduler';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTableInput } from '#shared/table/table-definition.dynamodb.ts';
import { hasMoto, type MotoServer, startMoto } from '../moto-server.ts';
import { runCli } from './operator-cli.ts';
import { runConsole } from './run-console.ts';

const REGION = 'eu-west-1';
const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };
const TABLE_NAME = 'state-of-stage';
const SCHEDULE = {
  Name: 'wechat-gateway-prod-refresh',
  ScheduleExpression: 'rate(1 minute)',
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: {
    Arn: 'arn:aws:lambda:eu-west-1:123456789012:function:refresh',
    RoleArn: 'arn:aws:iam::123456789012:role/schedule',
  },
} as const;
const OUTPUTS = {
  ApiUrl: 'https://api.example',
  TableName: TABLE_NAME,
  RefreshAccessTokenName: 'refresh',
  SyncServerIpsName: 'sync',
  SyncQuotasName: 'quotas',
  EgressAddresses: '203.0.113.7,203.0.113.8',
  RefreshScheduleName: SCHEDULE.Name,
  RefreshAccessTokenLogGroup: '/aws/lambda/refresh',
};

/** A stack with these outputs, and nothing else that matters. */
function template(outputs: Readonly<Record<string, string>>): string {
  return JSON.stringify({
    Resources: { Topic: { Type: 'AWS::SNS::Topic' } },
    Outputs: Object.fromEntries(
      Object.entries(outputs).map(([name, Value]) => [name, { Value, Description: `what ${name} means` }]),
    ),
  });
}

describe.skipIf(!hasMoto)('the operator command line on a stage (moto)', () => {
  let moto: MotoServer;
  let scheduler: SchedulerClient;
  let dynamodb: DynamoDBClient;

  beforeAll(async () => {
    moto = await startMoto();
    const settings = { region: REGION, credentials: CREDENTIALS, endpoint: moto.endpoint };
    const cloudFormation = new CloudFormationClient(settings);
    scheduler = new SchedulerClient(settings);
    dynamodb = new DynamoDBClient(settings);
    await cloudFormation.send(
      new CreateStackCommand({ StackName: 'wechat-gateway-prod', TemplateBody: template(OUTPUTS) }),
    );
    const { RefreshAccessTokenName: _, ...older } = OUTPUTS;
    await cloudFormation.send(
      new CreateStackCommand({ StackName: 'wechat-gateway-older', TemplateBody: template(older) }),
    );
    await scheduler.send(new CreateScheduleCommand(SCHEDULE));
    const logs = new CloudWatchLogsClient(settings);
    await logs.send(new CreateLogGroupCommand({ logGroupName: OUTPUTS.RefreshAccessTokenLogGroup }));
  });
  afterAll(() => moto.stop());

  const environment = () => ({
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL: moto.endpoint,
  });
  const run = (stage: string, ...args: readonly string[]) =>
    runCli(['--stage', stage, '--region', REGION, ...args], { environment: environment() });
  const firstLines = async (stage: string) => (await run(stage, 'doctor')).stdout.split('\n').slice(0, 2);

  it('outputs prints what the stack puts out, and what to do with the egress addresses', async () => {
    const { exitCode, stdout } = await run('prod', 'outputs');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^ApiUrl +https:\/\/api\.example +what ApiUrl means$/m);
    expect(stdout).toMatch(
      /Enter these egress addresses, all of them, .*:\n\n {2}203\.0\.113\.7\n {2}203\.0\.113\.8\n/,
    );
    expect((await run('prod', '--json', 'outputs')).json()).toEqual({
      gateway: `stage prod in ${REGION}`,
      stackStatus: 'CREATE_COMPLETE',
      outputs: OUTPUTS,
      egressAddresses: ['203.0.113.7', '203.0.113.8'],
    });
  });

  it('the doctor says that there is no stack, or that it lacks an output', async () => {
    expect(await firstLines('nowhere')).toEqual([
      `There is no stack wechat-gateway-nowhere for stage nowhere in ${REGION}.`,
      expect.stringMatching(/^Do this: Deploy it first/),
    ]);
    expect(await firstLines('older')).toEqual([
      `The stack of stage older in ${REGION} has no output RefreshAccessTokenName.`,
      'Do this: Deploy it again with this version.',
    ]);
  });

  it('the doctor names a missing table, a function that does not run, and a schedule that was disabled or deleted', async () => {
    const missing = await run('prod', 'doctor');
    expect(missing.exitCode).toBe(1);
    expect(missing.stdout.split('\n').slice(0, 2)).toEqual([
      `The table ${TABLE_NAME} does not exist.`,
      expect.stringMatching(/^Do this: Restore it under this name from its point-in-time recovery/),
    ]);
    expect(missing.stdout).toMatch(/^ok +credentials +AWS account 123456789012, arn:aws:/m);
    expect(missing.stdout).toMatch(/^ok +stack +The stack is CREATE_COMPLETE/m);
    expect(missing.stdout).toMatch(/^FAIL +refresh function +The function refresh does not exist\.$/m);
    expect(missing.stdout).toMatch(
      /^WARN +refresh schedule +wechat-gateway-prod-refresh is enabled, .* no tick has been seen/m,
    );
    expect(missing.stdout).toMatch(/^skip +accounts +The table cannot be read\.$/m);

    await dynamodb.send(new CreateTableCommand(createTableInput(TABLE_NAME)));
    await scheduler.send(new UpdateScheduleCommand({ ...SCHEDULE, State: 'DISABLED' }));
    const { stdout } = await run('prod', 'doctor');
    expect(stdout).toMatch(/^ok +table +state-of-stage answers\.$/m);
    expect(stdout).toMatch(
      /^FAIL +refresh schedule +The schedule wechat-gateway-prod-refresh is disabled\. Tokens are not refreshed\.$/m,
    );
    expect(stdout).toMatch(
      /^FAIL refresh schedule: Enable wechat-gateway-prod-refresh in the EventBridge Scheduler console/m,
    );
    expect(stdout).toMatch(/^FAIL +accounts +No account has been added yet\.$/m);
  });

  it('the console shows the alarms of the stage that are on', async () => {
    const cloudWatch = new CloudWatchClient({ region: REGION, credentials: CREDENTIALS, endpoint: moto.endpoint });
    for (const AlarmName of ['wechat-gateway-prod-refresh-overdue', 'wechat-gateway-older-refresh-overdue']) {
      const metric = { MetricName: 'RefreshOverdue', Namespace: 'test', Statistic: 'Maximum', Period: 60 } as const;
      const rule = { EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' } as const;
      await cloudWatch.send(new PutMetricAlarmCommand({ AlarmName, ...metric, ...rule }));
      await cloudWatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'as told' }));
    }
    const served = await runConsole(['--stage', 'prod', '--region', REGION], environment());
    expect(await served.state()).toMatchObject({
      gateway: {
        name: `stage prod in ${REGION}`,
        commandLine: `npm run operator -- --stage prod --region ${REGION}`,
      },
      alarms: { value: [{ id: 'refresh-overdue', state: 'on', severity: 'critical', reason: 'as told' }] },
      verdict: { level: 'critical', headline: expect.stringMatching(/^Alarm: An access token should/) },
    });
    expect(await served.interrupt()).toBe(130);
  });
});
