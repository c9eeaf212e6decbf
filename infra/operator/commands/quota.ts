import type { Command } from 'commander';
import { CLEARS_PER_MONTH } from '#shared/account/clear-quota-allowance.ts';
import type { Caller } from '#shared/caller/caller.ts';
import type { DayUsage } from '#shared/usage/day-usage.ts';
import { quotaDay } from '#shared/wechat/quota-day.ts';
import { clearQuotaResult, countersText, kindOf, type WantedClear } from '../clear-quota-result.ts';
import type { CommandResult, CommandRunner, Session } from '../command-runner.ts';
import { confirm } from '../confirm.ts';
import { endpointArgument } from '../endpoint-argument.ts';
import { example } from '../help-example.ts';
import { knownAccount } from '../known-account.ts';
import { OperatorFailure } from '../operator-failure.ts';
import type { OperatorGateway } from '../operator-gateway.ts';
import { quotaOverview } from '../quota-overview.ts';
import { failedOf, quotasJson, quotasText } from '../quota-text.ts';

const SHOWN = `
CALLS are the gateway's, OTHERS what WeChat has counted more: other systems call with the same account. LASTS goes on from the last hour's calls.
"account quota" and "caller share" change how a quota is shared.`;

/** `quota ...`: how far an account's daily quotas at WeChat are used, and clearing them. */
export function addQuotaCommands(program: Command, run: CommandRunner): void {
  const quota = program
    .command('quota')
    .description("How far an account's daily quotas at WeChat are used, by whom, how long they last; clears them.")
    .addHelpText(
      'after',
      example(
        'quota show wx0123456789abcdef',
        'quota clear wx0123456789abcdef --endpoint /cgi-bin/message/custom/send',
      ),
    );
  quota
    .command('show')
    .description('Asks WeChat how far the quotas of the endpoints called today are used, and shows it with our counts.')
    .argument('<appId>', 'the account')
    .addHelpText('after', example('quota show wx0123456789abcdef', '--json quota show wx0123456789abcdef'))
    .addHelpText('after', SHOWN)
    .action((appId: string, _options: unknown, command: Command) =>
      run(command, (session) => showQuotas(session, appId)),
    );
  quota
    .command('clear')
    .description(
      `Sets all daily counters of an account at WeChat back (${CLEARS_PER_MONTH.all} times a month), or one endpoint's (${CLEARS_PER_MONTH.endpoint} times).`,
    )
    .argument('<appId>', 'the account')
    .option('--endpoint <path>', 'this one only, such as /cgi-bin/message/custom/send')
    .addHelpText(
      'after',
      example(
        'quota clear wx0123456789abcdef',
        'quota clear wx0123456789abcdef --endpoint /cgi-bin/message/custom/send',
      ),
    )
    .action((appId: string, { endpoint }: { readonly endpoint?: string }, command: Command) =>
      run(command, (session) => clearQuota(session, appId, endpoint)),
    );
}

async function showQuotas({ gateway, terminal, clock }: Session, appIdText: string): Promise<CommandResult> {
  const account = await knownAccount(gateway, appIdText);
  const { appId, displayName } = account;
  terminal.tell('Asking WeChat ...');
  const learning = await gateway.quotaFunction.learn(appId);
  const now = clock.now();
  const [{ usage: today }, learnt, clearsLeft] = await Promise.all([
    gateway.usage.sum(appId, quotaDay(now)),
    gateway.learntQuotas.read(appId),
    gateway.clearQuotaAllowances.left(appId, now),
  ]);
  const callers = await callersIn(gateway, today);
  const endpoints = quotaOverview({ account, learnt, today, callers, now });
  const shown = { appId, displayName, endpoints, learning, clearsLeft, now };
  return { json: quotasJson(shown), text: quotasText(shown), failed: failedOf(learning) !== undefined };
}

async function callersIn({ callers }: OperatorGateway, { rows }: DayUsage): Promise<ReadonlyMap<string, Caller>> {
  const ids = [...new Set(rows.map(({ caller }) => caller))];
  const found = await Promise.all(ids.map((id) => callers.get(id)));
  return new Map(found.filter((caller) => caller !== undefined).map((caller) => [caller.id, caller]));
}

async function clearQuota(
  { gateway, terminal, clock, yes }: Session,
  appIdText: string,
  endpointText: string | undefined,
): Promise<CommandResult> {
  const endpoint = endpointText === undefined ? undefined : endpointArgument(endpointText);
  const { appId } = await knownAccount(gateway, appIdText);
  const wanted = { appId, endpoint };
  await confirm(terminal, await consequenceOf(gateway, wanted, clock.now()), yes);
  const outcome = await gateway.quotaFunction.clear(appId, endpoint).catch((error: unknown) => {
    terminal.tell(
      `Whether WeChat has done it is not known here: look with "quota show ${appId}" before you repeat it.`,
    );
    throw error;
  });
  return clearQuotaResult(wanted, outcome, await gateway.clearQuotaAllowances.left(appId, clock.now()));
}

/** @throws {OperatorFailure} when the month has no clear left */
async function consequenceOf(gateway: OperatorGateway, wanted: WantedClear, now: number): Promise<string> {
  const kind = kindOf(wanted);
  const left = (await gateway.clearQuotaAllowances.left(wanted.appId, now))[kind];
  const month = `of the ${CLEARS_PER_MONTH[kind]} that WeChat allows ${kind === 'all' ? 'an account' : "for one endpoint's counter"} in a month (UTC+8)`;
  if (left === 0) {
    throw new OperatorFailure(`No clear is left ${month}: wait for the next one, or for midnight (UTC+8).`);
  }
  return `This sets ${countersText(wanted)} at WeChat back to 0. It takes one ${month}: ${left} are left, as far as the gateway knows; those made in WeChat's console count too, and only WeChat knows them.`;
}
