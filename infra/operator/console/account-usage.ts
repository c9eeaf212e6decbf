import type { Account } from '#shared/account/account.ts';
import type { LearntQuotas } from '#shared/quota/learnt-quotas.ts';
import type { DayUsage } from '#shared/usage/day-usage.ts';
import { readUsage } from '#shared/usage/read-usage.ts';
import { quotaDay } from '#shared/wechat/quota-day.ts';
import type { OperatorGateway } from '../operator-gateway.ts';

/** What was counted of one account today and yesterday (UTC+8), and what WeChat told of its quotas. */
export interface AccountUsage {
  readonly account: Account;
  readonly today: DayUsage;
  readonly yesterday: DayUsage;
  readonly learnt: LearntQuotas;
}

/** Reads the counts of every account. Keeps no sum: the page changes nothing. @throws the table's error when it does not answer */
export function readAccountUsages(
  { usage, learntQuotas }: Pick<OperatorGateway, 'usage' | 'learntQuotas'>,
  accounts: readonly Account[],
  now: number,
): Promise<readonly AccountUsage[]> {
  const counts = async (appId: string, offset: number) =>
    (await readUsage(usage, appId, quotaDay(now, offset), now)).usage;
  return Promise.all(
    accounts.map(async (account) => {
      const [today, yesterday, learnt] = await Promise.all([
        counts(account.appId, 0),
        counts(account.appId, -1),
        learntQuotas.read(account.appId),
      ]);
      return { account, today, yesterday, learnt };
    }),
  );
}
