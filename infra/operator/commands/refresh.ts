import type { Command } from 'commander';
import type { CommandRunner } from '../command-runner.ts';
import { confirm } from '../confirm.ts';
import { example } from '../help-example.ts';
import { knownAccount } from '../known-account.ts';
import { replaceLeakedToken } from '../leak-procedure.ts';
import { refreshResult } from '../refresh-result.ts';

const CONSEQUENCE = {
  stable: (appId: string) =>
    `Two forced issues for ${appId}: every stable token now in use dies, and software that holds one gets 40001 until it asks for the new one. The gateway's callers notice nothing. It counts as 2 of WeChat's 20 forced issues a day.`,
  classic: (appId: string) =>
    `Two issues for ${appId}, 30 s apart: every classic token now in use dies, and software that holds one gets 40001. The gateway's callers notice nothing.`,
} as const;

/** `refresh <appId>`, and with `--leaked` WeChat's procedure for a leaked token. */
export function addRefreshCommand(program: Command, run: CommandRunner): void {
  program
    .command('refresh')
    .summary("have an account's access token refreshed now")
    .description(
      'Has an access token refreshed now, whatever is due or paused. In stable mode WeChat gives the same token again until its last five minutes.',
    )
    .argument('<appId>', 'the account')
    .option('--leaked', 'the token has leaked: make WeChat drop it, by two forced issues 30 s apart')
    .addHelpText('after', example('refresh wx0123456789abcdef', 'refresh wx0123456789abcdef --leaked'))
    .action((appId: string, { leaked = false }: { leaked?: boolean }, command: Command) =>
      run(command, async (session) => {
        const { gateway, clock, terminal, yes } = session;
        const account = await knownAccount(gateway, appId);
        if (!leaked) return refreshResult(appId, await gateway.refreshFunction.run(appId, 'operator'), clock.now());
        await confirm(terminal, CONSEQUENCE[account.mode](appId), yes);
        return replaceLeakedToken(session, appId);
      }),
    );
}
