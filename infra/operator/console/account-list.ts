import type { Account } from '#shared/account/account.ts';
import { errcodeExplanation } from '#shared/wechat/errcode-explanation.ts';
import { type AccountStatus, accountStatus } from '../account-status.ts';
import type { OperatorGateway } from '../operator-gateway.ts';

/**
 * How an account is, the worst first. `dead`: no token that works; `failing`: the last refresh failed, the token lives on; `overdue`: nobody refreshes
 * it.
 */
export const ACCOUNT_CONDITIONS = ['dead', 'failing', 'overdue', 'alive', 'disabled'] as const;

/** One of {@link ACCOUNT_CONDITIONS}. */
export type AccountCondition = (typeof ACCOUNT_CONDITIONS)[number];

/** The page's line of one account. */
export type ShownAccount = ReturnType<typeof shownAccount>;

/** As the alarm `refresh-overdue` counts it. */
const OVERDUE_AFTER_MS = 120_000;

/** The stored accounts, sorted by app ID. */
export async function readAccounts({
  accounts,
  accountItems,
}: Pick<OperatorGateway, 'accounts' | 'accountItems'>): Promise<readonly Account[]> {
  const found = await Promise.all((await accountItems.list()).map((appId) => accounts.get(appId)));
  return found.filter((account) => account !== undefined);
}

/** How every account's token stands, the worst first. */
export async function accountList(
  gateway: Pick<OperatorGateway, 'tokens'>,
  accounts: readonly Account[],
  now: number,
): Promise<readonly ShownAccount[]> {
  const statuses = await Promise.all(accounts.map((account) => accountStatus(gateway, account, now)));
  return statuses.map((status) => shownAccount(status, now)).toSorted(worstFirst);
}

function shownAccount(status: AccountStatus, now: number) {
  const { appId, displayName, mode, testAccount, token } = status;
  const life = token?.tokenLifeSeconds ?? 0;
  return {
    appId,
    displayName,
    mode,
    testAccount,
    condition: conditionOf(status, now),
    expiresAt: life === 0 ? null : new Date(now + life * 1000).toISOString(),
    lastRefreshAt: token?.lastRefreshAt ?? null,
    nextDueAt: token?.nextDueAt ?? null,
    failure: failureOf(status),
  };
}

function failureOf({ token }: AccountStatus) {
  const failure = token?.lastFailure;
  if (!failure) return null;
  const { errcode } = failure;
  const explanation = errcode === null ? undefined : errcodeExplanation(errcode);
  return { ...failure, meaningZh: explanation?.zh.meaning ?? null, adviceZh: explanation?.zh.nextStep ?? null };
}

function conditionOf({ disabled, token }: AccountStatus, now: number): AccountCondition {
  if (disabled) return 'disabled';
  if (token === null || token.tokenLifeSeconds === 0) return 'dead';
  if (token.lastFailure && !token.lastFailure.resolved) return 'failing';
  return now - Date.parse(token.nextDueAt) > OVERDUE_AFTER_MS ? 'overdue' : 'alive';
}

function worstFirst(one: ShownAccount, other: ShownAccount): number {
  const rank = ({ condition }: ShownAccount) => ACCOUNT_CONDITIONS.indexOf(condition);
  const end = ({ expiresAt }: ShownAccount) => (expiresAt === null ? 0 : Date.parse(expiresAt));
  return rank(one) - rank(other) || end(one) - end(other) || one.appId.localeCompare(other.appId);
}
