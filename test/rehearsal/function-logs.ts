import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';

/** The log group that a deployed function writes to. */
export interface FunctionLogs {
  /** The JSON lines so far. */
  lines(): Promise<readonly Readonly<Record<string, unknown>>[]>;
  retentionDays(): Promise<number | undefined>;
}

/** Finds it by the function's own configuration. */
export async function functionLogs(functionName: string): Promise<FunctionLogs> {
  const configuration = new GetFunctionConfigurationCommand({ FunctionName: functionName });
  const logGroupName = (await new LambdaClient().send(configuration)).LoggingConfig?.LogGroup;
  if (logGroupName === undefined) throw new Error(`${functionName} has no log group`);
  const client = new CloudWatchLogsClient();
  return {
    async lines() {
      const { events = [] } = await client.send(new FilterLogEventsCommand({ logGroupName }));
      const texts = events.flatMap(({ message = '' }) => message.split('\n'));
      return texts
        .filter((text) => text.startsWith('{'))
        .map((text) => JSON.parse(text) as Readonly<Record<string, unknown>>);
    },
    async retentionDays() {
      const described = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName }));
      return described.logGroups?.find((group) => group.logGroupName === logGroupName)?.retentionInDays;
    },
  };
}
