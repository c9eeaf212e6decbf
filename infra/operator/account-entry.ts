import type { TokenMode } from '#shared/access-token/access-token.ts';
import type { Account } from '#shared/account/account.ts';
import { addAccount } from './add-account.ts';
import { appIdArgument, nameArgument } from './arguments.ts';
import type { CommandResult, Session } from './command-runner.ts';
import { OperatorFailure } from './operator-failure.ts';

/** The options of `account add`. */
export interface NewAccountOptions {
  readonly name: string;
  readonly mode: TokenMode;
  readonly testAccount?: boolean;
}

/**
 * Adds an account, or completes an earlier try; its app secret is restored if it was pending deletion.
 * @throws {OperatorFailure} when an account with this app ID is there and was entered differently
 */
export async function enterAccount(
  { gateway, clock }: Session,
  appId: string,
  { name, mode, testAccount = false }: NewAccountOptions,
): Promise<CommandResult> {
  const entered = { appId: appIdArgument(appId), displayName: nameArgument(name), mode, testAccount };
  refuseOther(await gateway.accounts.get(appId), entered);
  const { state } = await gateway.secrets.presence(appId);
  if (state === 'pending-deletion') await gateway.secrets.restore(appId);
  const added = await addAccount({ ...gateway, clock }, entered);
  const appSecret = state === 'pending-deletion' ? 'restored' : state;
  const what = added ? `Added ${appId} "${entered.displayName}".` : `${appId} is there already; nothing was changed.`;
  return { json: { ...entered, added, appSecret }, text: `${what}\n${nextStep(appId, appSecret)}` };
}

function refuseOther(present: Account | undefined, entered: Omit<Account, 'addedAt'>): void {
  if (present === undefined) return;
  const { displayName, mode, testAccount } = present;
  if (displayName === entered.displayName && mode === entered.mode && testAccount === entered.testAccount) return;
  const kind = testAccount ? ', test account' : '';
  throw new OperatorFailure(
    `${present.appId} is there already, as "${displayName}" (${mode}${kind}): remove it first to enter it differently; its app secret can be restored.`,
  );
}

function nextStep(appId: string, appSecret: 'absent' | 'present' | 'restored'): string {
  const next = `"account set-secret ${appId}"`;
  if (appSecret === 'absent') return `Next: set its app secret with ${next}.`;
  return `Its app secret ${appSecret === 'restored' ? 'was pending deletion and is restored' : 'is there'}; ${next} replaces it.`;
}
