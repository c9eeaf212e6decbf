import { CommanderError } from 'commander';
import type { Clock } from '#shared/clock.ts';
import { awsTrouble, troubleText } from './aws-trouble.ts';
import type { CommandResult, CommandRunner, SurroundingsRunner } from './command-runner.ts';
import type { TargetOptions } from './connect-gateway.ts';
import { EXIT_CODES, OperatorFailure } from './operator-failure.ts';
import type { OperatorGateway } from './operator-gateway.ts';
import { createProgram, type GlobalOptions } from './program.ts';
import type { Surroundings } from './surroundings.ts';
import type { Terminal } from './terminal.ts';
import { usageText } from './usage-text.ts';

/** What the CLI is run with. */
export interface OperatorDependencies {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly connect: (options: TargetOptions) => Promise<OperatorGateway>;
  /** The way there, for commands that go it step by step. */
  readonly findSurroundings: (options: TargetOptions) => Promise<Surroundings>;
}

/**
 * Runs one command line and prints its result or its error.
 * @param args without the program's own name
 * @returns the exit code
 */
export async function runOperator(args: readonly string[], dependencies: OperatorDependencies): Promise<number> {
  const { terminal, clock, connect, findSurroundings } = dependencies;
  let exitCode: number = EXIT_CODES.ok;
  const show = (result: CommandResult, json: boolean): void => {
    if (!result.printed) terminal.print(json ? JSON.stringify(result.json) : result.text);
    if (result.failed) exitCode = EXIT_CODES.failed;
  };
  const run: CommandRunner = async (command, work) => {
    const { json = false, yes = false, ...options } = command.optsWithGlobals<GlobalOptions>();
    const gateway = await connect(targetOptions(options));
    show(await work({ gateway, terminal, clock, yes }), json);
  };
  const runSurroundings: SurroundingsRunner = async (command, work) => {
    const { json = false, ...options } = command.optsWithGlobals<GlobalOptions>();
    const surroundings = await findSurroundings(targetOptions(options));
    show(await work({ surroundings, terminal, clock }), json);
  };
  try {
    await createProgram({ run, runSurroundings }, terminal).parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return exitCodeOf(error, terminal);
  }
}

function targetOptions({ stage, region, local = false, port }: GlobalOptions): TargetOptions {
  return { stage, region, localPort: local ? port : undefined };
}

function exitCodeOf(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) {
    const text = usageText(error);
    if (text !== undefined) terminal.tell(text);
    return error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage;
  }
  if (error instanceof OperatorFailure) {
    terminal.tell(error.message);
    return error.exitCode;
  }
  const trouble = awsTrouble(error);
  if (trouble === undefined) throw error;
  terminal.tell(troubleText(trouble));
  return EXIT_CODES.failed;
}
