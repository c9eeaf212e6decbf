import { type Command, InvalidArgumentError } from 'commander';
import { knownQuota, quotaPlan } from '#shared/quota/quota-plan.ts';
import { EVERY_ENDPOINT, isQuotaRule, type QuotaRule, SMALLEST_RESERVE_PERCENT } from '#shared/quota/quota-rule.ts';
import type { CommandResult, CommandRunner, Session } from '../command-runner.ts';
import { endpointArgument } from '../endpoint-argument.ts';
import { example } from '../help-example.ts';
import { knownAccount } from '../known-account.ts';
import { OperatorFailure, usageFailure } from '../operator-failure.ts';
import { quotaRuleText } from '../quota-rule-text.ts';

interface RuleOptions {
  readonly calls?: number;
  readonly reserve?: number;
  readonly each?: number;
}

const SHARED = `
An endpoint without a rule is not shared: its callers hear only of WeChat's own limit, when the day is over for all of them. With one, callers without
the permission quota:reserve hear 45009 once the rest is the reserve; "caller grant <callerId> <appId> quota:reserve" lets a caller go on. It holds
within a minute. The endpoint '${EVERY_ENDPOINT}' stands for all whose quota is known and that have no rule of their own.`;

/** `account quota ...`: how the callers of an account share its daily quotas. */
export function addAccountQuotaCommands(account: Command, run: CommandRunner): void {
  const quota = account
    .command('quota')
    .description('How the callers of an account share its daily quotas; "account show" lists the rules.')
    .addHelpText(
      'after',
      example(
        "account quota set wx0123456789abcdef '*'",
        'account quota unset wx0123456789abcdef /cgi-bin/message/custom/send',
      ),
    )
    .addHelpText('after', SHARED);
  quota
    .command('set')
    .description('Shares the quota of an endpoint, or changes how. What is not named stays as it is.')
    .argument('<appId>', 'the account')
    .argument('<endpoint>', `a path such as /cgi-bin/user/info, or '${EVERY_ENDPOINT}'`)
    .option('--calls <calls>', 'the quota in calls a day, when neither WeChat nor its documentation tells it', countOf)
    .option('--reserve <percent>', 'of the quota, for callers with quota:reserve alone (default: 5)', percentOf)
    .option('--each <percent>', 'of the quota that each caller may use, unless it has a share of its own', percentOf)
    .addHelpText(
      'after',
      example(
        "account quota set wx0123456789abcdef '*' --reserve 10",
        'account quota set wx0123456789abcdef /cgi-bin/user/info --calls 5000000 --each 20',
      ),
    )
    .addHelpText('after', SHARED)
    .action((appId: string, endpoint: string, options: RuleOptions, command: Command) =>
      run(command, (session) => setRule(session, appId, endpoint, options)),
    );
  quota
    .command('unset')
    .description('Shares the quota of an endpoint no longer. Again it changes nothing.')
    .argument('<appId>', 'the account')
    .argument('<endpoint>', `as in "account quota set"`)
    .addHelpText('after', example('account quota unset wx0123456789abcdef /cgi-bin/user/info'))
    .action((appId: string, endpoint: string, _options: unknown, command: Command) =>
      run(command, (session) => unsetRule(session, appId, endpoint)),
    );
}

async function setRule(
  { gateway }: Session,
  appId: string,
  endpointText: string,
  { calls, reserve, each }: RuleOptions,
): Promise<CommandResult> {
  const endpoint = endpointArgument(endpointText, EVERY_ENDPOINT);
  const account = await knownAccount(gateway, appId);
  const before = account.quotaRules?.find((rule) => rule.endpoint === endpoint);
  const rule: QuotaRule = {
    ...before,
    endpoint,
    ...(calls !== undefined && { calls }),
    ...(reserve !== undefined && { reservePercent: reserve }),
    ...(each !== undefined && { eachPercent: each }),
  };
  if (!isQuotaRule(rule)) {
    throw usageFailure(
      `A reserve is ${SMALLEST_RESERVE_PERCENT} to 100 percent, a part for each 1 to 100, and '${EVERY_ENDPOINT}' takes no --calls: quotas differ.`,
    );
  }
  const plan = quotaPlan({ ...account, quotaRules: [rule] }, await gateway.learntQuotas.read(appId));
  if (endpoint !== EVERY_ENDPOINT && knownQuota(plan, endpoint) === undefined) {
    throw new OperatorFailure(
      `Nobody has told the quota of ${endpoint}: look it up in the account's console and name it with --calls.`,
    );
  }
  await gateway.accountItems.setQuotaRule(appId, rule);
  return { json: { appId, rule }, text: `${appId} shares ${quotaRuleText(rule)}.` };
}

async function unsetRule({ gateway }: Session, appId: string, endpointText: string): Promise<CommandResult> {
  const endpoint = endpointArgument(endpointText, EVERY_ENDPOINT);
  await knownAccount(gateway, appId);
  await gateway.accountItems.unsetQuotaRule(appId, endpoint);
  return { json: { appId, endpoint, rule: null }, text: `${appId} has no rule for ${endpoint}.` };
}

function countOf(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number from 1.');
}

function percentOf(text: string): number {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number of percent, without the sign.');
}
