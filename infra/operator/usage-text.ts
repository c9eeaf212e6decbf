import type { CommanderError } from 'commander';

const LONGEST_NAME = 32;

/**
 * What is wrong with a command line, without the values that commander's own texts repeat: one of them may be a secret. `undefined` when
 * commander has printed all there is to say.
 */
export function usageText({ code, message }: CommanderError): string | undefined {
  const [, quoted = ''] = /'([^'=]*)/.exec(message) ?? [];
  const name = quoted.slice(0, LONGEST_NAME);
  switch (code) {
    case 'commander.helpDisplayed':
    case 'commander.help':
    case 'commander.version':
      return undefined;
    case 'commander.unknownOption':
      return `There is no option ${name} here; --help lists them.`;
    case 'commander.unknownCommand':
      return `There is no command ${name}; --help lists them.`;
    case 'commander.excessArguments':
      return 'There are too many arguments; --help shows which. Secrets never go on the command line, which others can see.';
    case 'commander.invalidArgument':
      return message.replace(/^error: /, '').replace(/ (argument|value) '.*' (is invalid)/s, ' $2');
    default:
      return `${message.replace(/^error: /, '')}; --help shows an example.`;
  }
}
