import type { Command } from 'commander';
import { type AccountStatus, accountStatus, adviceText, tokenText, troubleText } from '../account-status.ts';
import type { CommandRunner } from '../command-runner.ts';
import { example } from '../help-example.ts';
import { knownAccount } from '../known-account.ts';
import type { OperatorGateway } from '../operator-gateway.ts';
import { durationText, tableText } from '../text-layout.ts';

/** `status [appId]`. */
export function addStatusCommand(program: Command, run: CommandRunner): void {
  program
    .command('status')
    .description('Shows how every token stands, or one: life left, next due, last failure and what to do about it.')
    .argument('[appId]', 'one account only')
    .addHelpText('after', example('status', '--json status wx0123456789abcdef'))
    .action((appId: string | undefined, _options: unknown, command: Command) =>
      run(command, async ({ gateway, clock }) => {
        const now = clock.now();
        const appIds = appId === undefined ? await gateway.accountItems.list() : [appId];
        const statuses = await Promise.all(appIds.map((one) => statusOf(gateway, one, now)));
        return { json: { gateway: gateway.target.name, accounts: statuses }, text: statusText(statuses, now) };
      }),
    );
}

async function statusOf(gateway: OperatorGateway, appId: string, now: number): Promise<AccountStatus> {
  return accountStatus(gateway, await knownAccount(gateway, appId), now);
}

function statusText(statuses: readonly AccountStatus[], now: number): string {
  const rows = statuses.map((status) => [
    status.appId,
    status.displayName,
    tokenText(status),
    status.token?.fingerprint ?? '',
    status.disabled || status.token === null ? '' : dueText(Date.parse(status.token.nextDueAt) - now),
    troubleText(status),
  ]);
  const headings = ['APP ID', 'NAME', 'TOKEN', 'FINGERPRINT', 'NEXT DUE', 'FAILURE'];
  const advice = statuses.map(adviceText).filter((line) => line !== '');
  return [tableText(headings, rows, 'No account has been added yet: "account add" adds one.'), ...advice].join('\n');
}

function dueText(inMs: number): string {
  return inMs > 0 ? `in ${durationText(inMs)}` : `for ${durationText(-inMs)}`;
}
