import type { Command } from 'commander';
import { appIdArgument } from '../arguments.ts';
import type { SurroundingsRunner } from '../command-runner.ts';
import { example } from '../help-example.ts';

const COST = `
What it costs: per account one issue, counted against the 50 a day that are kept for operators, and four small calls. It
ends no token and records nothing: the issue is one of stable mode, which gives the same token again, and is dropped.`;

/** `doctor [appId]`. */
export function addDoctorCommand(program: Command, run: SurroundingsRunner): void {
  program
    .command('doctor')
    .summary('look at the whole chain and say what to do next')
    .description(
      'Looks at the whole chain: credentials, stack, table, function, WeChat’s hosts, schedules, and per account app secret, address, token and callback URL. The first line says what is wrong, the second what to do.',
    )
    .argument('[appId]', 'of the accounts this one only')
    .addHelpText('after', example('doctor', '--local doctor', '--stage prod --json doctor wx0123456789abcdef'))
    .addHelpText('after', COST)
    .action((appId: string | undefined, _options: unknown, command: Command) =>
      run(command, async ({ surroundings, clock, terminal }) => {
        const [{ examineGateway }, { diagnosisOf }] = await Promise.all([
          import('../doctor/examine-gateway.ts'),
          import('../doctor/diagnosis.ts'),
        ]);
        const tell = (line: string) => terminal.tell(line);
        const wanted = appId === undefined ? undefined : appIdArgument(appId);
        return diagnosisOf(surroundings.name, await examineGateway({ surroundings, clock, tell, appId: wanted }));
      }),
    );
}
