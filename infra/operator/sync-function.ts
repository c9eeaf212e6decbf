import type { ServerIpList } from '#shared/server-ips/server-ip-list.ts';
import type { SyncAnswer } from '#shared/server-ips/sync-answer.ts';

/** How operators have the IP lists fetched and approved: by the function, which tells others and reaches the firewalls. */
export interface SyncFunction {
  /**
   * Runs `sync-server-ips` for both lists and waits for its end; once, never repeated.
   * @throws {OperatorFailure} when the function failed, and the client's error when it could not be run
   */
  sync(): Promise<SyncAnswer>;
  /** The same for the approval of the list that has been pending since `since`. */
  approve(list: ServerIpList, since: number): Promise<SyncAnswer>;
}
