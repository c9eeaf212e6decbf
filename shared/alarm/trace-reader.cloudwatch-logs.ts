import { type CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { LogSource } from './alarm.ts';
import { isTraceOf, logFilter } from './log-filter.ts';
import type { FoundTrace, LogLine, TraceReader } from './trace-reader.ts';

/** The names of the log groups that the stage has. */
export type LogGroups = ReadonlyMap<LogSource, string>;

/** A page holds up to 10,000 lines or 1 MB: enough to count what a notice tells of, and little enough to read while the function has time. */
const MOST_PAGES = 10;

/**
 * {@link TraceReader} of CloudWatch Logs, filtered there
 * (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html).
 */
export function createCloudWatchLogsTraceReader(client: CloudWatchLogsClient, groups: LogGroups): TraceReader {
  return {
    async read(alarm, from) {
      const filterPattern = logFilter(alarm);
      const names = (alarm.logs?.sources ?? []).flatMap((source) => groups.get(source) ?? []);
      const found: FoundTrace[] = [];
      for (const logGroupName of names) {
        found.push(await readGroup(client, { logGroupName, startTime: from, filterPattern }));
      }
      const lines = found.flatMap((one) => one.lines).filter((line) => isTraceOf(alarm, line));
      return { lines: lines.toSorted(byTime), complete: found.every(({ complete }) => complete) };
    },
  };
}

async function readGroup(
  client: CloudWatchLogsClient,
  {
    logGroupName,
    startTime,
    filterPattern,
  }: { logGroupName: string; startTime: number; filterPattern: string | undefined },
): Promise<FoundTrace> {
  const lines: LogLine[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await client.send(
      new FilterLogEventsCommand({
        logGroupName,
        startTime,
        ...(filterPattern !== undefined && { filterPattern }),
        ...(nextToken !== undefined && { nextToken }),
      }),
    );
    lines.push(...(answer.events ?? []).flatMap(({ message = '' }) => parsed(message)));
    nextToken = answer.nextToken;
    if (nextToken === undefined) return { lines, complete: true };
  }
  return { lines, complete: false };
}

function parsed(message: string): readonly LogLine[] {
  try {
    const line: unknown = JSON.parse(message);
    return typeof line === 'object' && line !== null ? [{ ...line }] : [];
  } catch {
    // Not one of our lines.
    return [];
  }
}

function byTime(one: LogLine, other: LogLine): number {
  return String(one['timestamp']).localeCompare(String(other['timestamp']));
}
