/** The functions whose logs an operator may want, by the names of their folders. */
export const LOGGED_FUNCTIONS = [
  'refresh-access-token',
  'call-wechat-api',
  'call-with-app-secret',
  'sync-server-ips',
  'sync-quotas',
  'send-alarm-notice',
] as const;

/** One of {@link LOGGED_FUNCTIONS}. */
export type LoggedFunction = (typeof LOGGED_FUNCTIONS)[number];

/** Where the functions' log lines are: a file of the local run, or a log group each on AWS, as far as the stack names them. */
export type LogSource =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'groups'; readonly groups: Readonly<Partial<Record<LoggedFunction, string>>> };

/** The gateway that a command is about: one stage on AWS, or the local run. */
export interface Target {
  /** For people: `stage dev in ap-southeast-1`. */
  readonly name: string;
  readonly tableName: string;
  /** What comes before the app ID in the names of the accounts' secrets. */
  readonly secretPrefix: string;
  readonly refreshFunctionName: string;
  readonly syncFunctionName: string;
  readonly quotasFunctionName: string;
  /** The base URL for SDKs, without a slash at its end. */
  readonly apiUrl: string;
  /** Whether it takes requests signed by AWS credentials only, and no caller key. Absent: it takes caller keys. */
  readonly signedOnly?: boolean;
  /** Our own fixed outgoing addresses; empty where there are none. */
  readonly egressAddresses: readonly string[];
  /** The schedules' names; absent where the gateway has none, or was deployed by a version that did not name them. */
  readonly schedules: {
    readonly refresh?: string | undefined;
    readonly sync?: string | undefined;
    readonly quotas?: string | undefined;
  };
  readonly logs: LogSource;
}
