import { type CommandSettings, runCommand } from './command.ts';
import { STAGE } from './deployment.ts';
import { type AssumedRole, credentialsOf } from './people.ts';

/** One run of the operator's command line. */
export interface OperatorRun {
  readonly exitCode: number;
  /** What it printed, as the JSON of `--json`. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** Runs the operator's command line on the deployed stage. */
export type Operator = (
  args: readonly string[],
  settings?: Pick<CommandSettings, 'stdin' | 'accept'>,
) => Promise<OperatorRun>;

/** The command line as an operator starts it who has no more than the stage's policy for operators. */
export function createOperator(role: AssumedRole): Operator {
  const environment = credentialsOf(role);
  return async (args, settings) => {
    const all = ['run', '--silent', 'operator', '--', '--stage', STAGE, '--json', ...args];
    const { exitCode, stdout } = await runCommand('npm', all, { environment, ...settings });
    return { exitCode, json: JSON.parse(stdout) as Readonly<Record<string, unknown>> };
  };
}
