/** Where the rest is counted when there would be too many names. */
export const OTHER = 'other';
/** In place of an errcode: WeChat gave no whole answer. */
export const NO_ANSWER = 'no-answer';

/** How calls went, by errcode or cause: counts from 1. */
export type CountsByName = Readonly<Record<string, number>>;

/** What one caller did with one endpoint of an account in a day. */
export interface EndpointUsage {
  /** The caller's id, or {@link OTHER}. */
  readonly caller: string;
  /** As `endpointName` gives it, or {@link OTHER}. */
  readonly endpoint: string;
  /** Everything that went up to WeChat, replays and repetitions too. */
  readonly calls: number;
  /** Those of them that WeChat answered with an errcode or an HTTP error, or not at all. */
  readonly errors: number;
  /** Calls that the gateway answered itself because it refused them or failed, whether or not something went up before. */
  readonly refused: number;
  /** Bodies only. */
  readonly requestBytes: number;
  readonly answerBytes: number;
  /** The errors by WeChat's errcode, `http-` and the status for an error without one, or {@link NO_ANSWER}. */
  readonly errcodes: CountsByName;
  /** The refused by the gateway's own cause. */
  readonly refusals: CountsByName;
}

/** What one hour of an account came to, all callers together. */
export interface HourUsage {
  readonly calls: number;
  readonly errors: number;
  readonly refused: number;
  readonly errcodes: CountsByName;
  /** The calls by endpoint. */
  readonly endpoints: CountsByName;
}

/** What was counted of one account in one of WeChat's days. */
export interface DayUsage {
  readonly rows: readonly EndpointUsage[];
  /** By the hour of the day in UTC+8, `0` to `23`; those without a call are absent. */
  readonly hours: Readonly<Record<string, HourUsage>>;
}

/** The calls of a day by endpoint, all callers together. */
export function callsByEndpoint({ rows }: DayUsage): ReadonlyMap<string, number> {
  const calls = new Map<string, number>();
  for (const row of rows) calls.set(row.endpoint, (calls.get(row.endpoint) ?? 0) + row.calls);
  return calls;
}
