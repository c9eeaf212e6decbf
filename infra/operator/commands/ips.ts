import { Argument, type Command, InvalidArgumentError } from 'commander';
import { differenceBetween } from '#shared/server-ips/difference.ts';
import { isServerIpList, SERVER_IP_LISTS, type ServerIpList } from '#shared/server-ips/server-ip-list.ts';
import type { CommandRunner, Session } from '../command-runner.ts';
import { confirm } from '../confirm.ts';
import { example } from '../help-example.ts';
import { chosenDifference } from '../ips-difference.ts';
import { differenceText, historyText, listsText, syncResult, versionJson } from '../ips-text.ts';
import { OperatorFailure } from '../operator-failure.ts';

/** `ips ...`. */
export function addIpsCommands(program: Command, run: CommandRunner): void {
  const ips = program
    .command('ips')
    .description("WeChat's IP lists: callback, who calls us, and api-domain, whom we call.")
    .addHelpText('after', example('ips list', 'ips sync', 'ips approve callback'));
  addListCommand(ips, run);
  addDiffCommand(ips, run);
  addHistoryCommand(ips, run);
  addSyncCommand(ips, run);
  addApproveCommand(ips, run);
}

function addListCommand(ips: Command, run: CommandRunner): void {
  ips
    .command('list')
    .description('Shows how both lists stand, or one with all its ranges.')
    .addArgument(new Argument('[list]', 'one list only').argParser(listIn))
    .addHelpText('after', example('ips list', 'ips list callback'))
    .action((list: ServerIpList | undefined, _options: unknown, command: Command) =>
      run(command, async ({ gateway, clock }) => {
        const wanted = list === undefined ? SERVER_IP_LISTS : [list];
        const lists = await Promise.all(
          wanted.map(async (one) => Object.assign({ list: one }, (await gateway.serverIps.read(one)).state)),
        );
        return { json: { lists }, text: listsText(lists, clock.now(), list !== undefined) };
      }),
    );
}

function addDiffCommand(ips: Command, run: CommandRunner): void {
  ips
    .command('diff')
    .description('Shows what a pending list would change, or else what the last version has; or between two versions.')
    .addArgument(new Argument('<list>', 'callback or api-domain').argParser(listIn))
    .addArgument(new Argument('[from]', 'a version').argParser(versionIn))
    .addArgument(new Argument('[to]', 'a later one (default: the applied one)').argParser(versionIn))
    .addHelpText('after', example('ips diff callback', 'ips diff callback 3 5'))
    .action(
      (list: ServerIpList, from: number | undefined, to: number | undefined, _options: unknown, command: Command) =>
        run(command, async ({ gateway }) => {
          const chosen = await chosenDifference(gateway.serverIps, list, from, to);
          return { json: { list, ...chosen }, text: differenceText(chosen) };
        }),
    );
}

function addHistoryCommand(ips: Command, run: CommandRunner): void {
  ips
    .command('history')
    .description('Shows the versions of the last 400 days, the newest first.')
    .addArgument(new Argument('<list>', 'callback or api-domain').argParser(listIn))
    .addHelpText('after', example('ips history callback'))
    .action((list: ServerIpList, _options: unknown, command: Command) =>
      run(command, async ({ gateway }) => {
        const versions = await gateway.serverIps.history(list);
        return { json: { list, versions: versions.map(versionJson) }, text: historyText(versions) };
      }),
    );
}

function addSyncCommand(ips: Command, run: CommandRunner): void {
  ips
    .command('sync')
    .description('Has both lists fetched now, as every morning.')
    .addHelpText('after', example('ips sync'))
    .action((_options: unknown, command: Command) =>
      run(command, async ({ gateway }) => syncResult(await gateway.syncFunction.sync())),
    );
}

function addApproveCommand(ips: Command, run: CommandRunner): void {
  ips
    .command('approve')
    .description('Applies the list that is pending because more than half of the addresses are gone.')
    .addArgument(new Argument('<list>', 'callback or api-domain').argParser(listIn))
    .addHelpText('after', example('ips diff callback', 'ips approve callback'))
    .action((list: ServerIpList, _options: unknown, command: Command) =>
      run(command, (session) => approve(session, list)),
    );
}

async function approve({ gateway, terminal, yes }: Session, list: ServerIpList) {
  const { applied, pending } = (await gateway.serverIps.read(list)).state;
  if (pending === undefined || applied === undefined) {
    throw new OperatorFailure(`Nothing is pending for ${list}: "ips list" shows how it stands.`);
  }
  const difference = differenceBetween(applied.ranges, pending.ranges);
  const what = differenceText({ from: applied.version, to: 'pending', ...difference });
  await confirm(
    terminal,
    `${what}\nThis becomes version ${applied.version + 1} of ${list}, and firewalls follow.`,
    yes,
  );
  return syncResult(await gateway.syncFunction.approve(list, pending.since));
}

function listIn(text: string): ServerIpList {
  if (isServerIpList(text)) return text;
  throw new InvalidArgumentError(`Give one of: ${SERVER_IP_LISTS.join(', ')}.`);
}

function versionIn(text: string): number {
  if (/^[1-9]\d{0,7}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give the number of a version; "ips history" lists them.');
}
