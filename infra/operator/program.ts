import { Command, InvalidArgumentError } from 'commander';
import type { CommandRunner, SurroundingsRunner } from './command-runner.ts';
import { addAccountCommands } from './commands/account.ts';
import { addCallerCommands } from './commands/caller.ts';
import { addCallerKeyCommands } from './commands/caller-key.ts';
import { addCallerRoleCommands } from './commands/caller-role.ts';
import { addConsoleCommand } from './commands/console.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addExplainCommand } from './commands/explain.ts';
import { addIpsCommands } from './commands/ips.ts';
import { addLogsCommand } from './commands/logs.ts';
import { addOutputsCommand } from './commands/outputs.ts';
import { addQuotaCommands } from './commands/quota.ts';
import { addRefreshCommand } from './commands/refresh.ts';
import { addStatusCommand } from './commands/status.ts';
import { example } from './help-example.ts';
import type { Terminal } from './terminal.ts';

/** The options that every command takes. */
export interface GlobalOptions {
  readonly stage: string;
  readonly region?: string;
  readonly local?: boolean;
  readonly port: number;
  readonly json?: boolean;
  readonly yes?: boolean;
}

const DEFAULT_LOCAL_PORT = 8787;

const AFTER_HELP = `
Exit codes: 0 done; 1 failed, or not confirmed (the last line on stderr says why and what to do); 2 the command line is wrong;
130 interrupted. Results go to stdout; progress, questions and errors to stderr. npm's own lines stay away with: npm -s run operator --`;

/** Who runs the commands. */
export interface Runners {
  readonly run: CommandRunner;
  readonly runSurroundings: SurroundingsRunner;
}

/** The whole command line. Throws commander's errors instead of ending the process; what they say is for the caller to print. */
export function createProgram({ run, runSurroundings }: Runners, terminal: Terminal): Command {
  const program = new Command('operator')
    .description('Operates a WeChat gateway: accounts, app secrets, callers and their keys, access tokens.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.tell(text.trimEnd()),
      outputError: () => {},
    })
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError(false)
    .option('--stage <name>', 'the stage on AWS, with the usual AWS credentials', 'dev')
    .option('--region <region>', "the stage's AWS region (default: the one in infra/environments/<stage>.json)")
    .option('--local', 'the local run (npm start) instead of a stage')
    .option('--port <port>', "the port of the local run's API", portOf, DEFAULT_LOCAL_PORT)
    .option('--json', 'print one JSON text instead of tables')
    .option('--yes', 'answer yes to the question whether to do what cannot be undone')
    .addHelpText('after', example('account list', '--local status', '--stage prod --json status wx0123456789abcdef'))
    .addHelpText('after', AFTER_HELP);
  addAccountCommands(program, run);
  const caller = addCallerCommands(program, run);
  addCallerKeyCommands(caller, run);
  addCallerRoleCommands(caller, run);
  addRefreshCommand(program, run);
  addStatusCommand(program, run);
  addQuotaCommands(program, run);
  addIpsCommands(program, run);
  addDoctorCommand(program, runSurroundings);
  addLogsCommand(program, run);
  addConsoleCommand(program, runSurroundings);
  addOutputsCommand(program, runSurroundings);
  addExplainCommand(program, runSurroundings);
  return program;
}

function portOf(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) > 0 && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError('Give a number from 1 to 65535.');
}
