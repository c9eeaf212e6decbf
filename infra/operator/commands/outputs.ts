import type { Command } from 'commander';
import type { SurroundingsRunner } from '../command-runner.ts';
import { example } from '../help-example.ts';
import type { DescribedGateway } from '../surroundings.ts';
import { tableText } from '../text-layout.ts';

/** `outputs`. */
export function addOutputsCommand(program: Command, run: SurroundingsRunner): void {
  program
    .command('outputs')
    .description("Shows what the stage's stack puts out: addresses, names, and what to do with the egress addresses.")
    .addHelpText('after', example('outputs', '--stage prod --json outputs'))
    .action((_options: unknown, command: Command) =>
      run(command, async ({ surroundings }) => {
        const described = await surroundings.describe();
        const { outputs, target, stackStatus } = described;
        return {
          json: {
            gateway: target.name,
            stackStatus: stackStatus ?? null,
            outputs: Object.fromEntries(outputs.map(({ name, value }) => [name, value])),
            egressAddresses: target.egressAddresses,
          },
          text: outputsText(described, surroundings.isLocal),
        };
      }),
    );
}

function outputsText({ outputs, target }: DescribedGateway, isLocal: boolean): string {
  const rows = outputs.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const table = tableText(
    ['OUTPUT', 'VALUE', 'MEANS'],
    rows.map(({ name, value, description }) => [name, value, description]),
    '',
  );
  return isLocal ? table : `${table}\n\n${egressText(target.egressAddresses)}`;
}

function egressText(addresses: readonly string[]): string {
  if (addresses.length === 0) {
    return 'No egress addresses of its own (egress none, or an existing VPC whose addresses you know): an IP allow-list at WeChat has to hold those that "doctor" sees.';
  }
  const lines = addresses.map((address) => `  ${address}`).join('\n');
  return `Enter these egress addresses, all of them, in the API IP allow-list of every account, in its console; that takes effect within some 10 minutes:\n\n${lines}\n\nThen look: "doctor".`;
}
