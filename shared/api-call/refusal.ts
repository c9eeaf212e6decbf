interface RefusalRow {
  /** What the answer says on WeChat's paths, always with HTTP 200. */
  readonly errcode: number;
  /** The status of the problem document under `/gateway/`. */
  readonly httpStatus: number;
  /** One line of ASCII: the cause, then the next step. Begins with WeChat's own words where the errcode is WeChat's. */
  readonly errmsg: string;
}

/**
 * Every way in which the gateway itself says no, by cause: the one place that knows errcode, HTTP status and text of a refusal.
 * Errcodes under 990000 are WeChat's and mean what they mean there; -1 promises that nothing was sent to WeChat, because SDKs repeat it
 * blindly. The 99xxxx ones are ours, and no SDK repeats them.
 */
export const REFUSALS = {
  // The credential of a proxied call.
  'no-credential': {
    errcode: 41001,
    httpStatus: 401,
    errmsg:
      'access_token missing: the request carries no credential; send the header Authorization: Bearer <caller key>',
  },
  'malformed-credential': {
    errcode: 40001,
    httpStatus: 401,
    errmsg:
      'invalid credential: this is not one complete caller key; send exactly one header Authorization: Bearer wxg_...',
  },
  'unknown-key': {
    errcode: 40001,
    httpStatus: 401,
    errmsg:
      'invalid credential: unknown or revoked caller key; check which key is configured or ask the operator for a new one',
  },
  'retired-key': {
    errcode: 40001,
    httpStatus: 401,
    errmsg:
      "invalid credential: this caller key is retired; use the caller's other key or ask the operator for a new one",
  },
  'caller-disabled': {
    errcode: 40001,
    httpStatus: 401,
    errmsg: 'invalid credential: this caller is disabled; ask the operator to enable it',
  },
  'invalid-gateway-token': {
    errcode: 40001,
    httpStatus: 401,
    errmsg:
      'invalid credential: unknown, expired or revoked gateway token; get a new one from /cgi-bin/token of this gateway',
  },

  'not-signed': {
    errcode: 41001,
    httpStatus: 401,
    errmsg:
      'access_token missing: calls under /iam/ must be signed with AWS credentials (SigV4, service execute-api), and the stage must have that door (auth: iam or both)',
  },
  'signed-only': {
    errcode: 41001,
    httpStatus: 401,
    errmsg: 'access_token missing: this stage takes signed calls only; sign with AWS credentials and call /iam/...',
  },
  'unknown-role': {
    errcode: 40001,
    httpStatus: 401,
    errmsg:
      'invalid credential: the IAM identity that signed is no role of a caller; ask the operator to add it with "caller role add"',
  },

  // The gateway's own token endpoints: never 40001 or 42001 here, or an SDK asks for a token again without end.
  'token-endpoint-bad-key': {
    errcode: 40125,
    httpStatus: 401,
    errmsg: 'invalid appsecret: secret must be an active caller key of this gateway (wxg_...), not the AppSecret',
  },
  'token-endpoint-unknown-account': {
    errcode: 40013,
    httpStatus: 403,
    errmsg:
      "invalid appid: this account is unknown, disabled or not granted to this caller; check appid and the caller's grants",
  },
  'token-endpoint-no-appid': {
    errcode: 41002,
    httpStatus: 400,
    errmsg: 'appid missing: send the app ID of the account as appid',
  },
  'token-endpoint-no-secret': {
    errcode: 41004,
    httpStatus: 400,
    errmsg: 'appsecret missing: send the caller key of this gateway as secret',
  },
  'token-endpoint-grant-type': {
    errcode: 40002,
    httpStatus: 400,
    errmsg: 'invalid grant_type: send grant_type=client_credential',
  },

  // The account.
  'account-not-named': {
    errcode: 41002,
    httpStatus: 400,
    errmsg: 'appid missing: this caller has several accounts; name one in the header X-WeChat-AppId',
  },
  'unknown-account': {
    errcode: 40013,
    httpStatus: 403,
    errmsg:
      "invalid appid: this account is unknown, disabled or not granted to this caller; check X-WeChat-AppId and the caller's grants",
  },

  // The shape of the request.
  'double-slash': {
    errcode: 40066,
    httpStatus: 400,
    errmsg: 'invalid url: the path contains //; your base URL ends with a slash, remove it',
  },
  'malformed-path': {
    errcode: 40066,
    httpStatus: 400,
    errmsg:
      'invalid url: a path may hold letters, digits, _ - . and / only, without . or .. segments; correct the path',
  },
  'outside-path-prefix': {
    errcode: 40066,
    httpStatus: 404,
    errmsg: 'invalid url: this gateway is mounted under a path prefix; add the prefix to your base URL',
  },
  'malformed-query': {
    errcode: 40066,
    httpStatus: 400,
    errmsg: 'invalid url: the query holds a space, #, a control character or non-ASCII text; percent-encode it',
  },
  'malformed-json': {
    errcode: 47001,
    httpStatus: 400,
    errmsg: 'data format error: the body must be one JSON object',
  },
  'malformed-header': {
    errcode: 40097,
    httpStatus: 400,
    errmsg:
      'invalid args: a request header holds a control character or one beyond Latin-1; correct or remove the header',
  },
  'method-not-allowed': {
    errcode: 43002,
    httpStatus: 405,
    errmsg: "require POST method: use GET or POST, as the endpoint's documentation says",
  },
  'body-too-large': {
    errcode: 40006,
    httpStatus: 413,
    errmsg: 'invalid file size: the gateway forwards bodies of up to 4000000 bytes; send a smaller one',
  },
  'malformed-page-url': {
    errcode: 40097,
    httpStatus: 400,
    errmsg:
      'invalid args: send {"url":"..."} with the http or https address of the page, as location.href has it, without spaces',
  },
  'malformed-server-ips-query': {
    errcode: 40097,
    httpStatus: 400,
    errmsg: 'invalid args: send list=callback or list=api-domain, and if wanted format=json, text or nginx',
  },
  'malformed-usage-query': {
    errcode: 40097,
    httpStatus: 400,
    errmsg:
      'invalid args: send either date=YYYY-MM-DD, a day of the last 95 in UTC+8, or days=1 to days=31; without both it is today',
  },
  'unknown-endpoint': {
    errcode: 40066,
    httpStatus: 404,
    errmsg: 'invalid url: the gateway has no such endpoint; check the path under /gateway/',
  },

  // What the caller may do.
  'never-forwarded': {
    errcode: 48001,
    httpStatus: 403,
    errmsg:
      'api unauthorized: the gateway never forwards this path, whatever is granted; call it without the gateway if you must',
  },
  'not-granted': {
    errcode: 48001,
    httpStatus: 403,
    errmsg: 'api unauthorized: this caller is not granted this call for this account; ask the operator for a grant',
  },
  'app-secret-call-bad-key': {
    errcode: 40125,
    httpStatus: 401,
    errmsg: 'invalid appsecret: this call takes an active caller key of this gateway (wxg_...) as its secret',
  },
  'app-secret-call-no-appid': {
    errcode: 41002,
    httpStatus: 400,
    errmsg: 'appid missing: this call takes the app ID of the account as appid',
  },
  'app-secret-call-no-secret': {
    errcode: 41004,
    httpStatus: 400,
    errmsg: 'appsecret missing: this call takes a caller key of this gateway (wxg_...) as its secret',
  },
  'no-user-token': {
    errcode: 41001,
    httpStatus: 401,
    errmsg:
      'access_token missing: this call takes the access_token that sns/oauth2/access_token of this gateway answered',
  },
  'invalid-user-token': {
    errcode: 40001,
    httpStatus: 401,
    errmsg:
      'invalid credential: not an access_token that this caller got from sns/oauth2/access_token here; log the user in again',
  },
  'invalid-refresh-token': {
    errcode: 42002,
    httpStatus: 401,
    errmsg:
      'refresh_token expired: not one that this caller got from sns/oauth2/access_token here; log the user in again',
  },
  'clear-quota-allowance': {
    errcode: 48006,
    httpStatus: 429,
    errmsg:
      "forbid to clear quota because of reaching the limit: this account's 10 clears of the month (UTC+8) are used up in the gateway; wait for the next month",
  },
  'clear-endpoint-quota-allowance': {
    errcode: 48006,
    httpStatus: 429,
    errmsg:
      "forbid to clear quota because of reaching the limit: this account's 50 clears of single endpoints of the month (UTC+8) are used up in the gateway; wait for the next month",
  },
  'minute-limit': {
    errcode: 45011,
    httpStatus: 429,
    errmsg:
      "api minute-quota reach limit: this caller's limit per minute in the gateway is used up; slow down, retry next minute",
  },
  'day-limit': {
    errcode: 45009,
    httpStatus: 429,
    errmsg:
      "reach max api daily quota limit: this caller's limit per day in the gateway is used up; wait for the next day (UTC+8)",
  },

  'endpoint-share': {
    errcode: 45009,
    httpStatus: 429,
    errmsg:
      "reach max api daily quota limit: this caller's share of this call is used up for today; it resets at 00:00 UTC+8, the gateway's operator decides on shares",
  },
  'endpoint-reserve': {
    errcode: 45009,
    httpStatus: 429,
    errmsg:
      "reach max api daily quota limit: only this account's reserve for this call is left today; it resets at 00:00 UTC+8, the gateway's operator grants quota:reserve",
  },

  // Failures before anything was sent: safe to repeat.
  'no-token': {
    errcode: -1,
    httpStatus: 503,
    errmsg: 'system error: no access token for this account at the moment; retry later, /gateway/status shows why',
  },
  'no-ticket': {
    errcode: -1,
    httpStatus: 503,
    errmsg:
      'system error: no JS-SDK ticket for this account at the moment; retry later, the operator finds why in the logs',
  },
  'no-server-ips': {
    errcode: -1,
    httpStatus: 503,
    errmsg:
      'system error: the gateway has not fetched this IP list yet; retry later, or the operator runs: operator ips sync',
  },
  'table-unreachable': {
    errcode: -1,
    httpStatus: 503,
    errmsg: 'system error: the gateway cannot reach its table; nothing was sent to WeChat, retry later',
  },
  'upstream-unreachable': {
    errcode: -1,
    httpStatus: 503,
    errmsg: 'system error: the gateway cannot connect to WeChat; nothing was sent, retry later',
  },
  'no-app-secret': {
    errcode: -1,
    httpStatus: 503,
    errmsg:
      'system error: the gateway cannot read the app secret of this account; nothing was sent, retry later or tell the operator',
  },
  'app-secret-function-unreachable': {
    errcode: -1,
    httpStatus: 503,
    errmsg:
      'system error: the gateway cannot run the function that holds the app secret; nothing was sent, retry later',
  },
  'internal-error': {
    errcode: -1,
    httpStatus: 500,
    errmsg:
      'system error: the gateway failed before sending anything to WeChat; retry later, the operator finds it in the logs',
  },

  // Failures after the call was sent: WeChat may have carried it out.
  'upstream-timeout': {
    errcode: 990504,
    httpStatus: 504,
    errmsg:
      'gateway: WeChat did not answer in time after the call was sent; it may have been carried out, check before repeating it',
  },
  'upstream-broke': {
    errcode: 990504,
    httpStatus: 502,
    errmsg:
      'gateway: the connection to WeChat broke after the call was sent; it may have been carried out, check before repeating it',
  },
  'failed-after-sending': {
    errcode: 990504,
    httpStatus: 500,
    errmsg:
      'gateway: the gateway failed after the call was sent; it may have been carried out, check before repeating it',
  },
  'answer-too-large': {
    errcode: 990413,
    httpStatus: 502,
    errmsg:
      "gateway: the call was sent but WeChat's answer is over 4400000 bytes; ask for less at once or download without the gateway",
  },
  'token-refused-again': {
    errcode: 990401,
    httpStatus: 502,
    errmsg:
      "gateway: WeChat refused the account's access token again after it was renewed; do not repeat, tell the operator",
  },
  'app-secret-refused': {
    errcode: 990401,
    httpStatus: 502,
    errmsg: "gateway: WeChat refused the account's app secret; do not repeat, the operator must set the right one",
  },
} as const satisfies Readonly<Record<string, RefusalRow>>;

/** Why the gateway refused, as `x-gateway-error`, logs and metrics name it. */
export type RefusalCause = keyof typeof REFUSALS;

/** Whether a text is the cause of one of our refusals. */
export function isRefusalCause(text: string): text is RefusalCause {
  return Object.hasOwn(REFUSALS, text);
}

/**
 * The gateway's own no, thrown wherever it is decided and shaped once by the handler: in WeChat's manner on WeChat's paths, as a problem
 * document under `/gateway/`. Its texts are fixed, so that nothing of the request or of a secret can reach an answer through them.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  override readonly cause: RefusalCause;
  readonly errcode: number;
  readonly errmsg: string;
  readonly httpStatus: number;
  /** The error behind it, for logs only; `undefined` when the request itself is at fault. */
  readonly underlying: unknown;

  constructor(cause: RefusalCause, underlying?: unknown) {
    const { errcode, errmsg, httpStatus } = REFUSALS[cause];
    super(`${cause}: ${errmsg}`);
    this.cause = cause;
    this.errcode = errcode;
    this.errmsg = errmsg;
    this.httpStatus = httpStatus;
    this.underlying = underlying;
  }
}
