import type { Account } from '#shared/account/account.ts';
import { describeState } from '#shared/own-endpoint/status.ts';
import type { OperatorGateway } from './operator-gateway.ts';
import { durationText } from './text-layout.ts';

/** An account and how its token stands; holds no token. */
export type AccountStatus = Awaited<ReturnType<typeof accountStatus>>;

/** Reads how an account's token stands. */
export async function accountStatus({ tokens }: Pick<OperatorGateway, 'tokens'>, account: Account, now: number) {
  const { appId, displayName, mode, testAccount, addedAt } = account;
  const state = await tokens.read(appId);
  return {
    appId,
    displayName,
    mode,
    testAccount,
    addedAt: new Date(addedAt).toISOString(),
    disabled: state?.disabled ?? false,
    token: state === undefined ? null : await describeState(state, now),
  };
}

/** The token in a few words. */
export function tokenText({ token, disabled }: AccountStatus): string {
  if (disabled) return 'disabled';
  if (token === null || token.tokenLifeSeconds === 0) return 'none';
  return `${durationText(token.tokenLifeSeconds * 1000)} left`;
}

/** The last failure in a few words, if nothing has gone well since. */
export function troubleText({ token }: AccountStatus): string {
  const failure = token?.lastFailure;
  if (!failure || failure.resolved) return '';
  return failure.errcode === null ? failure.cause : `errcode ${failure.errcode}`;
}

/** What to do about it; nothing when all is well. */
export function adviceText(status: AccountStatus): string {
  const failure = status.token?.lastFailure;
  if (!failure || failure.resolved) return '';
  const address = failure.egressAddress === null ? '' : ` (address ${failure.egressAddress})`;
  return `${status.appId}: ${failure.meaning ?? failure.cause}${address}. ${failure.advice}`;
}
