import type { CommandResult, Session } from './command-runner.ts';
import { confirm } from './confirm.ts';
import { knownAccount } from './known-account.ts';
import { timeText } from './text-layout.ts';

const RECOVERY_DAYS = 30;

/**
 * Removes an account: secret, grants, items. Cut off half-way it can be repeated, because the account's own item goes last.
 * @throws {OperatorFailure} when it is not there, or not confirmed
 */
export async function removeAccount({ gateway, terminal, yes }: Session, appId: string): Promise<CommandResult> {
  const { displayName } = await knownAccount(gateway, appId);
  await confirm(
    terminal,
    `${appId} "${displayName}" of ${gateway.target.name}: its token, counters and every caller's grants for it are deleted, and calls for it fail. The app secret can be restored for ${RECOVERY_DAYS} days by adding the account again.`,
    yes,
  );
  const goneAt = await gateway.secrets.remove(appId, RECOVERY_DAYS);
  const callers = await ungrantEverywhere({ gateway }, appId);
  await gateway.accountItems.remove(appId);
  const secret = goneAt === undefined ? '' : ` Its app secret can be restored until ${timeText(goneAt)}.`;
  const grants = callers.length === 0 ? '' : ` Callers that had grants for it: ${callers.join(', ')}.`;
  return {
    json: {
      appId,
      removed: true,
      appSecretGoneAt: goneAt === undefined ? null : new Date(goneAt).toISOString(),
      callers,
    },
    text: `Removed ${appId}.${secret}${grants}`,
  };
}

/** A grant or share that stays behind would hold again for a later account with this app ID. */
async function ungrantEverywhere({ gateway }: Pick<Session, 'gateway'>, appId: string): Promise<readonly string[]> {
  const changed: string[] = [];
  for (const callerId of await gateway.callerItems.list()) {
    const caller = await gateway.callers.get(callerId);
    if ([...(caller?.grants ?? []), ...(caller?.shares ?? [])].some((one) => one.appId === appId)) {
      await gateway.callerItems.change(callerId, (present) => ({
        ...present,
        grants: present.grants.filter((grant) => grant.appId !== appId),
        ...(present.shares && { shares: present.shares.filter((share) => share.appId !== appId) }),
      }));
      changed.push(callerId);
    }
  }
  return changed;
}
