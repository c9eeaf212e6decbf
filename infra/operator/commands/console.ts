import { type Command, InvalidArgumentError } from 'commander';
import type { CommandResult, SurroundingsRunner, SurroundingsSession } from '../command-runner.ts';
import { example } from '../help-example.ts';
import { EXIT_CODES, OperatorFailure } from '../operator-failure.ts';
import type { OperatorGateway } from '../operator-gateway.ts';
import type { GlobalOptions } from '../program.ts';

const DEFAULT_PAGE_PORT = 8790;

interface ConsoleOptions {
  readonly pagePort: number;
}

/** `console`. */
export function addConsoleCommand(program: Command, run: SurroundingsRunner): void {
  program
    .command('console')
    .summary('serve a page that shows how the gateway is')
    .description(
      'Serves a page that shows how the gateway is and refreshes itself: accounts, calls, quotas, callers, IP lists, alarms. It reads with your credentials, changes nothing, holds no secret, and listens on this machine alone, where other users can open it too. It goes on until Ctrl-C (exit code 130).',
    )
    .option('--page-port <port>', "the page's own port; --port is that of the local run", portIn, DEFAULT_PAGE_PORT)
    .addHelpText('after', example('console', '--stage prod console --page-port 8800', '--local console'))
    .action((options: ConsoleOptions, command: Command) =>
      run(command, (session) => serveConsole(session, options, command.optsWithGlobals<GlobalOptions>())),
    );
}

async function serveConsole(
  { surroundings, terminal, clock }: SurroundingsSession,
  { pagePort }: ConsoleOptions,
  { stage, json = false }: GlobalOptions,
): Promise<CommandResult> {
  const { target } = await surroundings.describe();
  const gateway = surroundings.connect(target);
  // Loaded only by this command.
  const { startConsole } = await import('../console/console-server.ts');
  const about = { name: target.name, commandLine: surroundings.commandLine('').trim() };
  const alarms = surroundings.isLocal ? undefined : await alarmsOf(gateway, stage);
  const server = await startConsole({ gateway, about, alarms, clock }, pagePort).catch(asFailure);
  const interrupted = terminal.interruptSignal();
  terminal.print(json ? JSON.stringify({ url: server.endpoint }) : server.endpoint);
  terminal.tell(`The console of ${target.name} is at the address above, for this machine alone. Ctrl-C ends it.`);
  await new Promise((resolve) => interrupted.addEventListener('abort', resolve, { once: true }));
  await server.close();
  throw new OperatorFailure('Stopped.', EXIT_CODES.interrupted);
}

async function alarmsOf(gateway: OperatorGateway, stage: string) {
  return { stage, reader: await gateway.openAlarms(stage) };
}

function asFailure(error: unknown): never {
  // What stands in the way of listening is the port, and the message says what to do.
  if (error instanceof Error) throw new OperatorFailure(error.message, EXIT_CODES.failed, { cause: error });
  throw error;
}

function portIn(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError('Give a number from 0 to 65535; 0 picks a free one.');
}
