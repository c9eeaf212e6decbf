import type { Command } from 'commander';
import type { CommandResult, CommandRunner, Session } from '../command-runner.ts';
import { example } from '../help-example.ts';
import { knownAccount } from '../known-account.ts';
import { OperatorFailure } from '../operator-failure.ts';
import { refreshResult } from '../refresh-result.ts';
import { setAppSecret } from '../set-app-secret.ts';
import type { Terminal } from '../terminal.ts';

const LONGEST_SECRET = 128;

/** `account set-secret <appId>`. */
export function addSetSecretCommand(account: Command, run: CommandRunner): void {
  account
    .command('set-secret')
    .description(
      "Sets an account's app secret, typed unseen or piped in, and has WeChat judge it by a refresh from the gateway's own address.",
    )
    .argument('<appId>', 'the account')
    .option('--no-verify', 'store it without asking WeChat')
    .addHelpText(
      'after',
      example('account set-secret wx0123456789abcdef', 'account set-secret wx0123456789abcdef < secret-file'),
    )
    .action((appId: string, { verify }: { verify: boolean }, command: Command) =>
      run(command, async (session) => {
        await storeSecret(session, appId);
        return verify ? verified(session, appId) : unverified(appId);
      }),
    );
}

async function storeSecret({ gateway, terminal }: Session, appId: string): Promise<void> {
  await knownAccount(gateway, appId);
  const appSecret = await readSecret(terminal, appId);
  const { state } = await gateway.secrets.presence(appId);
  if (state === 'pending-deletion') await gateway.secrets.restore(appId);
  await setAppSecret(gateway, appId, appSecret).catch((error: unknown) => {
    if (error instanceof TypeError) throw new OperatorFailure(error.message, undefined, { cause: error });
    throw error;
  });
  terminal.tell(`Stored the app secret of ${appId} in ${gateway.target.name}.`);
}

async function readSecret(terminal: Terminal, appId: string): Promise<string> {
  const text = terminal.isInteractive
    ? await terminal.askHidden(`App secret of ${appId} (not shown): `)
    : await terminal.readAll();
  const secret = text.trim();
  if (secret === '') throw new OperatorFailure('No app secret was given: type it when asked, or pipe it in.');
  if (secret.length <= LONGEST_SECRET) return secret;
  throw new OperatorFailure('That is too long for an app secret: it has 32 characters.');
}

/** The refresh waits for no cooldown and reads the secret past the function's memory, so it is this very secret that WeChat judges. */
async function verified({ gateway, clock, terminal }: Session, appId: string): Promise<CommandResult> {
  terminal.tell('Asking WeChat for a token with it ...');
  const outcome = await gateway.refreshFunction.run(appId, 'operator');
  const { json, text } = await refreshResult(appId, outcome, clock.now());
  const accepted = outcome.kind === 'committed';
  return {
    json: { appId, stored: true, verified: accepted, refresh: json },
    text: accepted ? `WeChat accepts the app secret.\n${text}` : `The app secret is stored, but not verified.\n${text}`,
    failed: !accepted,
  };
}

function unverified(appId: string): CommandResult {
  return {
    json: { appId, stored: true, verified: null },
    text: `Not verified: the next refresh tries it, within a minute if one is due. "refresh ${appId}" does it now.`,
  };
}
