import type { OperatorRequest } from '#shared/access-token/refresh-event.ts';
import type { RefreshOutcome } from '#shared/access-token/refresh-outcome.ts';

/** How operators have a token refreshed: by the function, because this machine's address is not on WeChat's IP allow-list. */
export interface RefreshFunction {
  /**
   * Runs `refresh-access-token` for one account and waits for its end; once, never repeated.
   * @throws {OperatorFailure} when the function failed, and the client's error when it could not be run
   */
  run(appId: string, request: OperatorRequest): Promise<RefreshOutcome>;
}
