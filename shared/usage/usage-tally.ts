import { endpointOf } from '../wechat/endpoints.ts';
import { type CountsByName, type DayUsage, type EndpointUsage, type HourUsage, OTHER } from './day-usage.ts';

/** Together they hold a day's item far under the 400 KB of DynamoDB, whatever callers call. */
const MAX_ROWS = 500;
const MAX_NAMES = 30;
const MAX_ENDPOINTS_PER_HOUR = 100;
/** Paths that the catalogue does not have are the callers' to choose: a scan of made-up ones must not crowd out the real ones. */
const MAX_UNKNOWN_ENDPOINTS = 20;

/** What one call, or several, add to a day. */
export interface Addition extends EndpointUsage {
  /** The hour of the day in UTC+8. */
  readonly hour: number;
}

/** One account's counts of one day while they grow. Bounded: what has no room is counted under `other`, and nothing is lost. */
export interface UsageTally {
  add(addition: Addition): void;
  /** Adds the counts of another environment. */
  merge(usage: DayUsage): void;
  /** The counts so far; later additions do not change it. */
  usage(): DayUsage;
}

type Sums = 'calls' | 'errors' | 'refused' | 'requestBytes' | 'answerBytes';
type Row = { -readonly [Name in Sums]: number } & {
  readonly caller: string;
  readonly endpoint: string;
  readonly errcodes: Map<string, number>;
  readonly refusals: Map<string, number>;
};
interface Hour {
  calls: number;
  errors: number;
  refused: number;
  readonly errcodes: Map<string, number>;
  readonly endpoints: Map<string, number>;
}

/** An empty tally. */
export function createUsageTally(): UsageTally {
  const rows = new Map<string, Row>();
  const hours = new Map<string, Hour>();
  const unknown = new Set<string>();

  function boundedName(endpoint: string): string {
    if (endpoint === OTHER || unknown.has(endpoint) || endpointOf(endpoint) !== undefined) return endpoint;
    if (unknown.size >= MAX_UNKNOWN_ENDPOINTS) return OTHER;
    unknown.add(endpoint);
    return endpoint;
  }

  function rowOf(caller: string, endpoint: string): Row {
    const key = `${caller} ${endpoint}`;
    const present = rows.get(key);
    if (present !== undefined) return present;
    if (rows.size >= MAX_ROWS && caller !== OTHER) return rowOf(OTHER, endpoint);
    // Callers are bounded by the line above, endpoints by the catalogue.
    const row = newRow(caller, endpoint);
    rows.set(key, row);
    return row;
  }

  function addToRow(added: EndpointUsage, endpoint: string): void {
    const row = rowOf(added.caller, endpoint);
    row.calls += added.calls;
    row.errors += added.errors;
    row.refused += added.refused;
    row.requestBytes += added.requestBytes;
    row.answerBytes += added.answerBytes;
    addCounts(row.errcodes, added.errcodes, MAX_NAMES);
    addCounts(row.refusals, added.refusals, MAX_NAMES);
  }

  function addToHour(name: string, added: Omit<HourUsage, 'endpoints'>): Hour {
    const hour = hours.get(name) ?? { calls: 0, errors: 0, refused: 0, errcodes: new Map(), endpoints: new Map() };
    hours.set(name, hour);
    hour.calls += added.calls;
    hour.errors += added.errors;
    hour.refused += added.refused;
    addCounts(hour.errcodes, added.errcodes, MAX_NAMES);
    return hour;
  }

  return {
    add(addition) {
      const endpoint = boundedName(addition.endpoint);
      addToRow(addition, endpoint);
      const { endpoints } = addToHour(String(addition.hour), addition);
      if (addition.calls > 0) addCount(endpoints, endpoint, addition.calls, MAX_ENDPOINTS_PER_HOUR);
    },
    merge(usage) {
      for (const row of usage.rows) addToRow(row, boundedName(row.endpoint));
      for (const [name, hour] of Object.entries(usage.hours)) {
        const { endpoints } = addToHour(name, hour);
        addCounts(endpoints, renamed(hour.endpoints, boundedName), MAX_ENDPOINTS_PER_HOUR);
      }
    },
    usage: () => ({
      rows: [...rows.values()].map(rowUsage),
      hours: Object.fromEntries([...hours].map(([name, hour]) => [name, hourUsage(hour)])),
    }),
  };
}

function rowUsage({ errcodes, refusals, ...sums }: Row): EndpointUsage {
  return { ...sums, errcodes: Object.fromEntries(errcodes), refusals: Object.fromEntries(refusals) };
}

function hourUsage({ errcodes, endpoints, ...sums }: Hour): HourUsage {
  return { ...sums, errcodes: Object.fromEntries(errcodes), endpoints: Object.fromEntries(endpoints) };
}

function newRow(caller: string, endpoint: string): Row {
  const none = { calls: 0, errors: 0, refused: 0, requestBytes: 0, answerBytes: 0 };
  return { caller, endpoint, ...none, errcodes: new Map(), refusals: new Map() };
}

function addCounts(to: Map<string, number>, counts: CountsByName, most: number): void {
  for (const name of Object.keys(counts)) addCount(to, name, counts[name] ?? 0, most);
}

function addCount(to: Map<string, number>, name: string, count: number, most: number): void {
  const present = to.get(name);
  if (present === undefined && to.size >= most) to.set(OTHER, (to.get(OTHER) ?? 0) + count);
  else to.set(name, (present ?? 0) + count);
}

function renamed(counts: CountsByName, nameOf: (name: string) => string): CountsByName {
  const sums = new Map<string, number>();
  for (const [name, count] of Object.entries(counts)) sums.set(nameOf(name), (sums.get(nameOf(name)) ?? 0) + count);
  return Object.fromEntries(sums);
}
