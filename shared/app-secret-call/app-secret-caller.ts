import type { AppSecretAnswer } from './app-secret-answer.ts';
import type { AppSecretCall } from './app-secret-call.ts';

/** How the proxy, which cannot read an app secret, makes the calls that carry it. */
export interface AppSecretCaller {
  /**
   * Runs `call-with-app-secret` and waits for its answer, until the call's deadline; once, never repeated, because a login code works once.
   * @throws {AppSecretCallFailed} when there is no answer
   */
  call(call: AppSecretCall): Promise<AppSecretAnswer>;
}

/** `call-with-app-secret` could not be run or did not answer. Holds nothing of the call. */
export class AppSecretCallFailed extends Error {
  override readonly name = 'AppSecretCallFailed';
  /** Whether the function may have run, and WeChat have carried the call out. */
  readonly sent: boolean;

  constructor(message: string, sent: boolean, cause?: unknown) {
    super(message, { cause });
    this.sent = sent;
  }
}
