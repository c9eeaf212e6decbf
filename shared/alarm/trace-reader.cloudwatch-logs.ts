import {
  type CloudWatchLogsClient,
  type FilteredLogEvent,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Clock } from '../clock.ts';
import type { LogSource } from './alarm.ts';
import { isTraceOf, logFilter } from './log-filter.ts';
import type { FoundTrace, LogLine, TraceReader } from './trace-reader.ts';

/** The names of the log groups that the stage has. */
export type LogGroups = ReadonlyMap<LogSource, string>;

/** Enough to count what a notice tells of. */
const MOST_LINES = 10_000;
/**
 * A page may be empty though more lines fit: AWS looks through some of the group at a time. Neither pages nor lines bound how long that takes, so
 * the clock does; what the function then still has to do has the rest of its two minutes.
 */
const READING_MS = 40_000;

/**
 * {@link TraceReader} of CloudWatch Logs, filtered there; takes {@link READING_MS} and the time of one more page at most
 * (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html).
 */
export function createCloudWatchLogsTraceReader(
  client: CloudWatchLogsClient,
  groups: LogGroups,
  clock: Pick<Clock, 'now'>,
): TraceReader {
  return {
    async read(alarm, from) {
      const filterPattern = logFilter(alarm);
      const until = clock.now() + READING_MS;
      const names = (alarm.logs?.sources ?? []).flatMap((source) => groups.get(source) ?? []);
      const found = await Promise.all(
        names.map((logGroupName) =>
          readGroup(client, { logGroupName, startTime: from, filterPattern }, () => clock.now() < until),
        ),
      );
      const lines = found.flatMap((one) => one.lines).filter((line) => isTraceOf(alarm, line));
      return { lines: lines.toSorted(byTime), complete: found.every(({ complete }) => complete) };
    },
  };
}

async function readGroup(
  client: CloudWatchLogsClient,
  input: FilterLogEventsCommandInput,
  hasTime: () => boolean,
): Promise<FoundTrace> {
  const lines: LogLine[] = [];
  let nextToken: string | undefined;
  do {
    const answer = await client.send(
      new FilterLogEventsCommand({ ...input, ...(nextToken !== undefined && { nextToken }) }),
    );
    lines.push(...(answer.events ?? []).flatMap(parsed));
    nextToken = answer.nextToken;
    if (nextToken === undefined) return { lines, complete: true };
  } while (lines.length < MOST_LINES && hasTime());
  return { lines, complete: false };
}

function parsed({ message = '', timestamp }: FilteredLogEvent): readonly LogLine[] {
  try {
    const line: unknown = JSON.parse(message);
    if (typeof line !== 'object' || line === null) return [];
    // AWS's own lines name their time otherwise, or not at all.
    return [{ ...(timestamp !== undefined && { timestamp: new Date(timestamp).toISOString() }), ...line }];
  } catch {
    // Not one of our lines.
    return [];
  }
}

function byTime(one: LogLine, other: LogLine): number {
  return String(one['timestamp']).localeCompare(String(other['timestamp']));
}
