/** Names every endpoint of an account whose quota is known and that has no rule of its own. */
export const EVERY_ENDPOINT = '*';

/** How an account's callers share the daily quota of an endpoint. An endpoint without a rule is not shared: WeChat's own limit is the only one. */
export interface QuotaRule {
  /** As `endpointName` gives it, or {@link EVERY_ENDPOINT}. */
  readonly endpoint: string;
  /** The quota in calls a day where an operator knows it better; else what WeChat has told, else what it documents. */
  readonly calls?: number | undefined;
  /** Percent of the quota for callers with the permission `quota:reserve` alone: 5 to 100. Absent: 5. */
  readonly reservePercent?: number | undefined;
  /** Percent of the quota that each caller may use at most, unless it has a share of its own: 1 to 100. Absent: no such limit. */
  readonly eachPercent?: number | undefined;
}

/** The most calls a day that one caller may make to an endpoint of an account. */
export interface CallerShare {
  readonly appId: string;
  /** As `endpointName` gives it. */
  readonly endpoint: string;
  /** A whole number from 1. */
  readonly calls: number;
}

/** With less than this kept back, our count and WeChat's, some 1 % apart, could end the day for everybody. */
export const SMALLEST_RESERVE_PERCENT = 5;

/** Whether these percents and calls can stand in a rule. */
export function isQuotaRule({ endpoint, calls, reservePercent, eachPercent }: QuotaRule): boolean {
  const isNamed = endpoint === EVERY_ENDPOINT ? calls === undefined : endpoint.startsWith('/');
  return (
    isNamed &&
    isAbsentOrWithin(calls, 1, Number.MAX_SAFE_INTEGER) &&
    isAbsentOrWithin(reservePercent, SMALLEST_RESERVE_PERCENT, 100) &&
    isAbsentOrWithin(eachPercent, 1, 100)
  );
}

function isAbsentOrWithin(value: number | undefined, least: number, most: number): boolean {
  return value === undefined || (Number.isSafeInteger(value) && value >= least && value <= most);
}
