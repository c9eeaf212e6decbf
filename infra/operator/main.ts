import { systemClock } from '#shared/clock.node.ts';
import { runOperator } from './run-operator.ts';
import { createNodeTerminal } from './terminal.node.ts';

const { stdin: input, stdout: output, stderr: error } = process;

// A reader that goes away, such as head, ends the program as it ends others.
output.on('error', () => process.exit(1));

process.exitCode = await runOperator(process.argv.slice(2), {
  terminal: createNodeTerminal({ input, output, error }),
  clock: systemClock,
  // Loaded only when a command needs it: help is there at once.
  connect: async (options) => (await import('./connect-gateway.ts')).connectGateway(options),
  findSurroundings: async (options) => (await import('./find-surroundings.ts')).findSurroundings(options),
});
