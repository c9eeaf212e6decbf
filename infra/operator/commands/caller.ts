import type { Command } from 'commander';
import type { Caller } from '#shared/caller/caller.ts';
import { allowEntries, refuseUnknownEntries } from '../allow-entries.ts';
import { enterCaller, type NewCallerOptions } from '../caller-entry.ts';
import { callerResult } from '../caller-result.ts';
import { callerJson, callersText } from '../caller-text.ts';
import type { CommandResult, CommandRunner, Session } from '../command-runner.ts';
import { confirm } from '../confirm.ts';
import { example } from '../help-example.ts';
import { knownAccount } from '../known-account.ts';
import { knownCaller } from '../known-caller.ts';
import { withGrant } from '../with-grant.ts';
import { addLimitCommand } from './caller-limit.ts';
import { addCallerShareCommands } from './caller-share.ts';

const CALLER = ['<callerId>', 'the caller, by the id that "caller list" shows'] as const;

/** `caller ...`, without its keys. */
export function addCallerCommands(program: Command, run: CommandRunner): Command {
  const caller = program
    .command('caller')
    .description('The apps that use the gateway, what they may call, and their keys.')
    .addHelpText('after', example("caller add Shop --account wx0123456789abcdef --allow '/cgi-bin/*'", 'caller list'));
  addAddCommand(caller, run);
  addReadCommands(caller, run);
  addGrantCommands(caller, run);
  addLimitCommand(caller, run);
  addCallerShareCommands(caller, run);
  addSwitchCommand(
    caller,
    run,
    'disable',
    'Refuses everything the caller presents, within a minute, and keeps it all.',
    true,
  );
  addSwitchCommand(caller, run, 'enable', 'Lets a disabled caller in again.', false);
  addRemoveCommand(caller, run);
  return caller;
}

function addAddCommand(caller: Command, run: CommandRunner): void {
  caller
    .command('add')
    .description('Adds a caller with its first key, and says what to change in an SDK.')
    .argument('<name>', 'the name that people know the app by')
    .option('--account <appId>', 'an account that it may use at once')
    .option('--allow <entries...>', 'what it may call there: path patterns, permissions (default: nothing)')
    .addHelpText('after', example("caller add Shop --account wx0123456789abcdef --allow '/cgi-bin/*' '/wxa/*'"))
    .action((name: string, options: NewCallerOptions, command: Command) =>
      run(command, (session) => enterCaller(session, name, options)),
    );
}

function addReadCommands(caller: Command, run: CommandRunner): void {
  caller
    .command('list')
    .description('Lists all callers.')
    .addHelpText('after', example('caller list'))
    .action((_options: unknown, command: Command) => run(command, listCallers));
  caller
    .command('show')
    .description('Shows one caller: its grants, limits and keys.')
    .argument(...CALLER)
    .addHelpText('after', example('caller show Ab12Cd34'))
    .action((callerId: string, _options: unknown, command: Command) =>
      run(command, async ({ gateway }) => callerResult(gateway, callerId, await knownCaller(gateway, callerId))),
    );
}

async function listCallers({ gateway }: Session): Promise<CommandResult> {
  const callerIds = await gateway.callerItems.list();
  const callers = await Promise.all(callerIds.map((callerId) => knownCaller(gateway, callerId)));
  return { json: { callers: callers.map((one) => callerJson(one)) }, text: callersText(callers) };
}

function addGrantCommands(caller: Command, run: CommandRunner): void {
  caller
    .command('grant')
    .description('Lets a caller call more for one account. What it has stays.')
    .argument(...CALLER)
    .argument('<appId>', 'the account')
    .argument('<entries...>', "path patterns such as '/cgi-bin/message/*', categories, permissions such as token:read")
    .addHelpText('after', example("caller grant Ab12Cd34 wx0123456789abcdef '/cgi-bin/message/*' rid:read"))
    .action((callerId: string, appId: string, entries: readonly string[], _options: unknown, command: Command) =>
      run(command, async ({ gateway }) => {
        const present = await knownCaller(gateway, callerId);
        await knownAccount(gateway, appId);
        const allow = allowEntries(present, entries);
        const grant = (one: Caller) => withGrant(one, appId, (had) => [...had, ...allow]);
        return callerResult(gateway, callerId, await gateway.callerItems.change(callerId, grant));
      }),
    );
  caller
    .command('ungrant')
    .description('Takes entries of one account back, or all of them when none is named.')
    .argument(...CALLER)
    .argument('<appId>', 'the account')
    .argument('[entries...]', 'the entries as "caller show" shows them')
    .addHelpText(
      'after',
      example('caller ungrant Ab12Cd34 wx0123456789abcdef rid:read', 'caller ungrant Ab12Cd34 wx0123456789abcdef'),
    )
    .action((callerId: string, appId: string, entries: readonly string[], _options: unknown, command: Command) =>
      run(command, async ({ gateway }) => {
        refuseUnknownEntries(await knownCaller(gateway, callerId), appId, entries);
        const keep = (had: readonly string[]) =>
          entries.length === 0 ? [] : had.filter((one) => !entries.includes(one));
        const ungrant = (one: Caller) => withGrant(one, appId, keep);
        return callerResult(gateway, callerId, await gateway.callerItems.change(callerId, ungrant));
      }),
    );
}

function addSwitchCommand(
  caller: Command,
  run: CommandRunner,
  name: string,
  description: string,
  disabled: boolean,
): void {
  caller
    .command(name)
    .description(description)
    .argument(...CALLER)
    .addHelpText('after', example(`caller ${name} Ab12Cd34`))
    .action((callerId: string, _options: unknown, command: Command) =>
      run(command, async ({ gateway }) => {
        await knownCaller(gateway, callerId);
        const changed = await gateway.callerItems.change(callerId, (one) => ({ ...one, disabled }));
        return callerResult(gateway, callerId, changed);
      }),
    );
}

function addRemoveCommand(caller: Command, run: CommandRunner): void {
  caller
    .command('remove')
    .description('Removes a caller with its keys and grants. Everything that it holds stops working within a minute.')
    .argument(...CALLER)
    .addHelpText('after', example('caller remove Ab12Cd34'))
    .action((callerId: string, _options: unknown, command: Command) =>
      run(command, async ({ gateway, terminal, yes }) => {
        const { name } = await knownCaller(gateway, callerId);
        await confirm(
          terminal,
          `Caller ${callerId} "${name}" of ${gateway.target.name}: its keys and grants are deleted, and everything that it holds stops working within a minute, its users' sealed tokens for good.`,
          yes,
        );
        await gateway.callerItems.remove(callerId);
        return { json: { callerId, removed: true }, text: `Removed caller ${callerId} "${name}".` };
      }),
    );
}
