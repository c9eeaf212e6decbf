import { type Command, Option } from 'commander';
import type { TokenMode } from '#shared/access-token/access-token.ts';
import { enterAccount, type NewAccountOptions } from '../account-entry.ts';
import { removeAccount } from '../account-removal.ts';
import { type AccountStatus, accountStatus } from '../account-status.ts';
import { accountsText, accountText } from '../account-text.ts';
import type { CommandResult, CommandRunner, Session } from '../command-runner.ts';
import { example } from '../help-example.ts';
import { knownAccount } from '../known-account.ts';
import { addAccountQuotaCommands } from './account-quota.ts';
import { addSetSecretCommand } from './account-set-secret.ts';

const MODES: readonly TokenMode[] = ['stable', 'classic'];

/** `account ...`. */
export function addAccountCommands(program: Command, run: CommandRunner): void {
  const account = program
    .command('account')
    .description('The WeChat accounts that the gateway keeps tokens for.')
    .addHelpText('after', example('account add wx0123456789abcdef --name "Shop"', 'account list'));
  addAddCommand(account, run);
  addReadCommands(account, run);
  addSetSecretCommand(account, run);
  addSwitchCommands(account, run);
  addAccountQuotaCommands(account, run);
  addRemoveCommand(account, run);
}

function addAddCommand(account: Command, run: CommandRunner): void {
  account
    .command('add')
    .description('Adds an account. An app secret that is pending deletion, from an earlier removal, is restored.')
    .argument('<appId>', "the account's app ID, from its console")
    .requiredOption('--name <name>', 'the name that people know it by')
    .addOption(new Option('--mode <mode>', "which of WeChat's token endpoints").choices(MODES).default('stable'))
    .option('--test-account', 'a WeChat test account, which has a tenth of the quotas')
    .addHelpText('after', example('account add wx0123456789abcdef --name "Shop"'))
    .action((appId: string, options: NewAccountOptions, command: Command) =>
      run(command, (session) => enterAccount(session, appId, options)),
    );
}

function addReadCommands(account: Command, run: CommandRunner): void {
  account
    .command('list')
    .description('Lists all accounts.')
    .addHelpText('after', example('account list'))
    .action((_options: unknown, command: Command) => run(command, listAccounts));
  account
    .command('show')
    .description('Shows one account: what was entered, how its token stands, whether it has an app secret.')
    .argument('<appId>', 'the account')
    .addHelpText('after', example('account show wx0123456789abcdef'))
    .action((appId: string, _options: unknown, command: Command) =>
      run(command, async ({ gateway, clock }) => {
        const entered = await knownAccount(gateway, appId);
        const status = await accountStatus(gateway, entered, clock.now());
        const { quotaRules = [] } = entered;
        const { state, ...secret } = await gateway.secrets.presence(appId);
        const changedAt = 'changedAt' in secret && secret.changedAt !== undefined ? secret.changedAt : undefined;
        const appSecret = { state, changedAt: changedAt === undefined ? null : new Date(changedAt).toISOString() };
        return { json: { ...status, quotaRules, appSecret }, text: accountText(status, appSecret, quotaRules) };
      }),
    );
}

async function listAccounts({ gateway, clock }: Session): Promise<CommandResult> {
  const appIds = await gateway.accountItems.list();
  const now = clock.now();
  const accounts = await Promise.all(
    appIds.map(async (appId) => accountStatus(gateway, await knownAccount(gateway, appId), now)),
  );
  return { json: { accounts: accounts.map(withoutToken) }, text: accountsText(accounts) };
}

/** What was entered; how the tokens stand is `status`'s to show. */
function withoutToken({ appId, displayName, mode, testAccount, addedAt, disabled }: AccountStatus) {
  return { appId, displayName, mode, testAccount, addedAt, disabled };
}

function addSwitchCommands(account: Command, run: CommandRunner): void {
  account
    .command('disable')
    .description('Stops refreshing and serving an account, and keeps everything. Callers get 40013 within a minute.')
    .argument('<appId>', 'the account')
    .addHelpText('after', example('account disable wx0123456789abcdef'))
    .action((appId: string, _options: unknown, command: Command) =>
      run(command, async ({ gateway, clock }) => {
        await knownAccount(gateway, appId);
        await gateway.accountItems.disable(appId, clock.now());
        return { json: { appId, disabled: true }, text: `${appId} is disabled. "account enable ${appId}" ends that.` };
      }),
    );
  account
    .command('enable')
    .description('Refreshes and serves a disabled account again.')
    .argument('<appId>', 'the account')
    .addHelpText('after', example('account enable wx0123456789abcdef'))
    .action((appId: string, _options: unknown, command: Command) =>
      run(command, async ({ gateway }) => {
        await knownAccount(gateway, appId);
        await gateway.accountItems.enable(appId);
        return {
          json: { appId, disabled: false },
          text: `${appId} is enabled; a token that is due comes within a minute.`,
        };
      }),
    );
}

function addRemoveCommand(account: Command, run: CommandRunner): void {
  account
    .command('remove')
    .description('Removes an account with its token and grants. Its app secret can be restored for 30 days.')
    .argument('<appId>', 'the account')
    .addHelpText('after', example('account remove wx0123456789abcdef'))
    .action((appId: string, _options: unknown, command: Command) =>
      run(command, (session) => removeAccount(session, appId)),
    );
}
