import { OperatorFailure, usageFailure } from './operator-failure.ts';
import type { Terminal } from './terminal.ts';

/**
 * Returns when the operator wants what cannot be undone.
 * @param consequence what will happen, in whole sentences
 * @param yes the answer was given on the command line
 * @throws {OperatorFailure} when the answer is not yes, and when nobody is there to ask
 */
export async function confirm(terminal: Terminal, consequence: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!terminal.isInteractive) {
    throw usageFailure(`${consequence}\nThis needs a confirmation, and there is no terminal to ask on: add --yes.`);
  }
  terminal.tell(consequence);
  const answer = await terminal.ask('Type yes to go on: ');
  if (answer.trim().toLowerCase() !== 'yes') throw new OperatorFailure('Nothing was changed.');
}
