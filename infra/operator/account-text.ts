import type { QuotaRule } from '#shared/quota/quota-rule.ts';
import { type AccountStatus, adviceText, tokenText } from './account-status.ts';
import { quotaRuleText } from './quota-rule-text.ts';
import { fieldsText, tableText } from './text-layout.ts';

/** The accounts as a table. */
export function accountsText(accounts: readonly AccountStatus[]): string {
  const rows = accounts.map((account) => [account.appId, account.displayName, kindText(account), tokenText(account)]);
  return tableText(['APP ID', 'NAME', 'MODE', 'TOKEN'], rows, 'No account has been added yet: "account add" adds one.');
}

/** One account in full. */
export function accountText(
  account: AccountStatus,
  appSecret: { readonly state: string; readonly changedAt: string | null },
  quotaRules: readonly QuotaRule[],
): string {
  const { appId, displayName, addedAt, token } = account;
  const secret =
    appSecret.state === 'present'
      ? `set, last changed ${appSecret.changedAt ?? 'at an unknown time'}`
      : appSecret.state;
  const fields = fieldsText([
    ['app ID', appId],
    ['name', displayName],
    ['mode', kindText(account)],
    ['added', addedAt],
    ['app secret', secret],
    ['token', tokenText(account)],
    ['fingerprint', token?.fingerprint ?? 'none'],
    ['last refresh', token?.lastRefreshAt ?? 'never'],
    ['next due', token?.nextDueAt ?? 'never'],
    [
      'issues',
      Object.entries(token?.issuedByDay ?? {})
        .map(([day, count]) => `${count} on ${day}`)
        .join(', ') || 'none',
    ],
    ...quotaRules.map((rule) => ['shares', quotaRuleText(rule)] as const),
  ]);
  return [fields, adviceText(account)].filter((text) => text !== '').join('\n');
}

function kindText({ mode, testAccount }: AccountStatus): string {
  return testAccount ? `${mode}, test account` : mode;
}
