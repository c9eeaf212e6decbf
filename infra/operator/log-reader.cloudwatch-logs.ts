import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { CLIENT_SETTINGS } from './client-settings.ts';
import { fitsQuery } from './fits-query.ts';
import type { LogEntry, LogQuery, LogReader } from './log-reader.ts';
import { OperatorFailure } from './operator-failure.ts';
import { LOGGED_FUNCTIONS, type LoggedFunction } from './target.ts';

/**
 * {@link LogReader} of CloudWatch Logs: one FilterLogEvents per function, filtered there
 * (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html).
 * @param groups the functions' log groups, as far as they are known
 */
export function createCloudWatchLogReader(groups: Readonly<Partial<Record<LoggedFunction, string>>>): LogReader {
  const client = new CloudWatchLogsClient(CLIENT_SETTINGS);
  const readGroup = async (functionName: LoggedFunction, query: LogQuery): Promise<readonly LogEntry[]> => {
    const logGroupName = groups[functionName];
    if (logGroupName === undefined) return [];
    const filterPattern = filterPatternOf(query);
    const input = { logGroupName, startTime: query.since, ...(filterPattern !== undefined && { filterPattern }) };
    const entries: LogEntry[] = [];
    for await (const { events = [] } of paginateFilterLogEvents({ client }, input)) {
      for (const { eventId = '', timestamp = 0, message = '' } of events) {
        entries.push({ at: timestamp, functionName, text: message.trimEnd(), id: eventId });
      }
    }
    // AWS has filtered them already; what stands in for it in a rehearsal does not know patterns of JSON.
    return entries.filter(({ text }) => fitsQuery(text, query));
  };
  return {
    async read(query) {
      const wanted = query.functionName === undefined ? LOGGED_FUNCTIONS : [query.functionName];
      if (wanted.every((name) => groups[name] === undefined)) {
        throw new OperatorFailure(
          `The stack does not name the log of ${query.functionName ?? 'any function'}: deploy it again with this version.`,
        );
      }
      const entries = await Promise.all(wanted.map((name) => readGroup(name, query)));
      return entries.flat().toSorted((one, other) => one.at - other.at);
    },
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html ("Filter pattern syntax for JSON log events") */
export function filterPatternOf({ account, rid, metric }: LogQuery): string | undefined {
  const conditions = [
    ...(account === undefined ? [] : [`($.account = ${JSON.stringify(account)})`]),
    ...(rid === undefined ? [] : [`($.rid = ${JSON.stringify(rid)})`]),
    ...(metric === undefined ? [] : [`($.${metric} >= 0)`]),
  ];
  return conditions.length === 0 ? undefined : `{ ${conditions.join(' && ')} }`;
}
