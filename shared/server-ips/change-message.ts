import type { ServerIpsChange } from './announcement.ts';
import { allRanges, type Ranges } from './ranges.ts';

/** A message for people: a subject of under 100 ASCII characters, as SNS wants, and a body of a few kilobytes. */
export interface ChangeMessage {
  readonly subject: string;
  readonly body: string;
}

const MOST_LINES = 50;
const REASONS: Readonly<Record<ServerIpsChange['reason'], string>> = {
  first: 'the first version',
  observed: 'as WeChat gives it now',
  confirmed: 'more than half of the addresses are gone; WeChat gave the same list on three days',
  approved: 'more than half of the addresses are gone; an operator approved it',
};

/** What operators are told of a change: the difference, its beginning where it is long. */
export function messageOf(change: ServerIpsChange): ChangeMessage {
  const { stage, list, version, at, account, reason, difference } = change;
  const body = [
    `WeChat's ${list} IP list is now version ${version} at the gateway's stage ${stage}: ${REASONS[reason]}.`,
    `Fetched with the account ${account}, applied at ${new Date(at).toISOString()}.`,
    ...part('Added', difference.added),
    ...part('Removed', difference.removed),
    `All of it: GET /gateway/server-ips?list=${list}, or: operator ips diff ${list}`,
  ];
  return { subject: `WeChat gateway ${stage}: ${list} IPs changed, version ${version}`, body: body.join('\n') };
}

function part(title: string, ranges: Ranges): readonly string[] {
  const all = allRanges(ranges);
  const more = all.length - MOST_LINES;
  const lines = all.slice(0, MOST_LINES).map((range) => `  ${range}`);
  return [`${title}: ${all.length}`, ...lines, ...(more > 0 ? [`  and ${more} more`] : [])];
}
