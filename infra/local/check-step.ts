import type { CallGateway, GatewayAnswer } from './gateway-call.undici.ts';
import type { LocalGateway } from './local-gateway.ts';

/** One step of `--check`. */
export interface CheckStep {
  readonly name: string;
  /** Resolves with what was found; throws an `Error` that says what is wrong. Neither holds a token or a key. */
  readonly run: (context: CheckContext) => Promise<string>;
}

/** What the steps look at. */
export interface CheckContext {
  readonly gateway: LocalGateway;
  readonly call: CallGateway;
  /** Every line that the functions have written. */
  readonly lines: readonly string[];
  /** Every answer so far, but for the one that is made to hold the token. */
  readonly answers: readonly GatewayAnswer[];
  /** Every access token so far. */
  readonly tokens: Set<string>;
}
