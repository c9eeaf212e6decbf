/** How much goes wrong for a while. Probabilities per step, unless they are rates per hour and account. */
export interface Climate {
  /** Of standing still at any wait of an environment. */
  readonly pause: number;
  readonly longestPauseMs: number;
  /** Of standing still for longer than a lease between deciding on a request to the table and sending it. */
  readonly pauseBeforeTable: number;
  readonly crash: number;
  /** Requests and answers that are lost or late. */
  readonly tableTrouble: number;
  /** Tries that the table turns away; 1: it is down. */
  readonly throttling: number;
  readonly slowTable: number;
  readonly secretsTrouble: number;
  /** Issue calls and probes that are lost, late, reset or answered with anything else than their outcome. */
  readonly wechatTrouble: number;
  /** Issue calls and probes that WeChat refuses for the sender's address or for a quota. */
  readonly rejections: number;
  /** The token endpoints answer nobody: 5xx, silence and resets only. */
  readonly tokenEndpointsDown: boolean;
  readonly slowWechat: number;
  /** The callers' own calls on their way between the proxy and WeChat. */
  readonly callTrouble: number;
  /** Invocations of the refresher by the proxy that are lost, or whose answer is. */
  readonly invokeTrouble: number;
  readonly missingTicks: number;
  readonly doubledTicks: number;
  /** Calls that WeChat refuses with 40001 for a reason of their own, or because their caller wants it so. */
  readonly oddRefusals: number;
  /** Somebody else who has the app secret issues a token, per hour. */
  readonly rogueIssues: number;
  /** The same, forced, in stable mode. */
  readonly rogueForces: number;
  /** All tokens of an account die at once, per hour. */
  readonly kills: number;
  /** That a token is killed within 20 s of being issued. */
  readonly killsAfterIssue: number;
  /** An operator has a token refreshed or resets the app secret, per hour. */
  readonly operatorActs: number;
  /** An operator disables the account for a while, per hour. */
  readonly disables: number;
  /** Between the reset of an app secret at WeChat and the moment when the operator has stored the new one, at most. */
  readonly slowestSecretMs: number;
  /** An operator reports a leak, which ends the live token, per hour. */
  readonly leaks: number;
  readonly meanBetweenCallsMs: number;
}

/** No faults. */
export const CALM: Climate = {
  pause: 0,
  longestPauseMs: 0,
  pauseBeforeTable: 0,
  crash: 0,
  tableTrouble: 0,
  throttling: 0,
  slowTable: 0,
  secretsTrouble: 0,
  wechatTrouble: 0,
  rejections: 0,
  tokenEndpointsDown: false,
  slowWechat: 0,
  callTrouble: 0,
  invokeTrouble: 0,
  missingTicks: 0,
  doubledTicks: 0,
  oddRefusals: 0,
  rogueIssues: 0,
  rogueForces: 0,
  kills: 0,
  killsAfterIssue: 0,
  operatorActs: 0,
  disables: 0,
  slowestSecretMs: 0,
  leaks: 0,
  meanBetweenCallsMs: 20_000,
};
