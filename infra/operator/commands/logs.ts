import { type Command, InvalidArgumentError, Option } from 'commander';
import { appIdArgument } from '../arguments.ts';
import type { CommandResult, CommandRunner, Session } from '../command-runner.ts';
import { followLogs } from '../follow-logs.ts';
import { example } from '../help-example.ts';
import { logLine } from '../log-line.ts';
import type { LogEntry, LogQuery } from '../log-reader.ts';
import { EXIT_CODES, OperatorFailure } from '../operator-failure.ts';
import type { GlobalOptions } from '../program.ts';
import { LOGGED_FUNCTIONS, type LoggedFunction } from '../target.ts';

interface LogsOptions {
  readonly follow?: boolean;
  readonly account?: string;
  readonly rid?: string;
  readonly since: number;
  readonly function?: LoggedFunction;
}

/** Further back, the time of day alone does not say when. */
const WITHIN_A_DAY_MS = 12 * 3_600_000;
const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `logs`. */
export function addLogsCommand(program: Command, run: CommandRunner): void {
  program
    .command('logs')
    .summary('show what the functions have written, or follow it')
    .description(
      'Shows what the functions have written, one line each: calls, refreshes, syncs. With --json every line is one JSON text. With --follow it goes on until Ctrl-C (exit code 130); lines come some seconds after they were written.',
    )
    .option('--follow', 'go on with what comes')
    .option('--account <appId>', 'only lines about this account', appIdArgument)
    .option('--rid <rid>', "only lines with this request id of WeChat's", ridIn)
    .addOption(
      new Option('--since <duration>', 'how far back: 90s, 15m, 1h, 2d').argParser(durationIn).default(UNIT_MS.h, '1h'),
    )
    .addOption(new Option('--function <name>', 'only this function').choices(LOGGED_FUNCTIONS))
    .addHelpText(
      'after',
      example(
        'logs --since 15m',
        'logs --follow --account wx0123456789abcdef',
        'logs --since 2d --rid 6aac0063-7ed08fb9-1250f724',
      ),
    )
    .action((options: LogsOptions, command: Command) =>
      run(command, (session) => showLogs(session, options, command.optsWithGlobals<GlobalOptions>().json ?? false)),
    );
}

async function showLogs(
  { gateway, terminal, clock }: Session,
  options: LogsOptions,
  json: boolean,
): Promise<CommandResult> {
  const logs = await gateway.openLogs();
  const query: LogQuery = {
    since: clock.now() - options.since,
    functionName: options.function,
    account: options.account,
    rid: options.rid,
  };
  let shown = 0;
  const show = (entry: LogEntry): void => {
    const line = logLine(entry, { json, withDay: options.since > WITHIN_A_DAY_MS });
    if (line === undefined) return;
    shown += 1;
    terminal.print(line);
  };
  if (options.follow) {
    await followLogs({ logs, clock, show, signal: terminal.interruptSignal() }, query);
    throw new OperatorFailure('Stopped.', EXIT_CODES.interrupted);
  }
  for (const entry of await logs.read(query)) show(entry);
  if (shown === 0) terminal.tell('No line fits. Further back: --since 1d');
  return { json: {}, text: '', printed: true };
}

function durationIn(text: string): number {
  const [, count, unit] = /^(\d{1,4})([smhd])$/.exec(text) ?? [];
  // The pattern names exactly the units there are.
  if (count !== undefined && Number(count) > 0) return Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
  throw new InvalidArgumentError('Give a number and s, m, h or d, such as 15m.');
}

function ridIn(text: string): string {
  if (/^[\w-]{1,64}$/.test(text)) return text;
  throw new InvalidArgumentError('A rid is letters, digits and dashes, such as 6aac0063-7ed08fb9-1250f724.');
}
