/** How the proxy, which cannot read an app secret, has a token refreshed. */
export interface RefreshInvoker {
  /**
   * Runs `refresh-access-token` for one account and waits for its end; once, never repeated.
   * @param refusedFingerprint of the token that WeChat refused; `undefined` when there is no token
   * @param deadline when to stop waiting, epoch milliseconds
   * @throws when the function could not be run or failed; the caller reads the table for how things stand
   */
  invoke(appId: string, refusedFingerprint: string | undefined, deadline: number): Promise<void>;
}
