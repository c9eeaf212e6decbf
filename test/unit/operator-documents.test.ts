import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../infra/operator/program.ts';

const DOCUMENTS = ['README.md', 'docs/deploy.md', 'docs/runbook.md', 'docs/server-ips.md'];

const nobody = () => Promise.reject(new Error('no command is run here'));
const program = createProgram(
  { run: nobody, runSurroundings: nobody },
  {
    print: () => undefined,
    tell: () => undefined,
    isInteractive: false,
    ask: nobody,
    askHidden: nobody,
    readAll: nobody,
    interruptSignal: () => AbortSignal.abort(),
  },
);

/** The command lines in a document: whole ones, which are meant to be typed, and mentions in running text. */
function commandLinesIn(markdown: string) {
  const whole = [...markdown.matchAll(/^npm run operator -- (.*?)(?: {2,}#.*)?$/gm)].map(([, line = '']) => line);
  const mentioned = [...markdown.matchAll(/`(?:npm run operator -- |operator )?([a-z][^`\n]*)`/g)]
    .map(([, line = '']) => line)
    .filter((line) => program.commands.some((command) => command.name() === line.split(' ')[0]));
  return [...whole.map((line) => ({ line, isWhole: true })), ...mentioned.map((line) => ({ line, isWhole: false }))];
}

/** What is wrong with a command line; `undefined` when nothing is. */
function faultOf({ line, isWhole }: { readonly line: string; readonly isWhole: boolean }): string | undefined {
  const words = line.match(/'[^']*'|<[^>]*>|[^\s[\]]+/g) ?? [];
  let command: Command = program;
  let given = 0;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const found = command.commands.find((one) => one.name() === word);
    if (found !== undefined && given === 0) {
      command = found;
    } else if (word.startsWith('--') && word !== '--help') {
      const option = [...command.options, ...program.options].find(({ long }) => long === word);
      if (option === undefined) return `${line}: there is no ${word}`;
      if (option.required) at += 1;
    } else if (word !== '--help') {
      given += 1;
    }
  }
  const needed = command.registeredArguments.filter(({ required }) => required).length;
  const most = command.registeredArguments.some(({ variadic }) => variadic)
    ? Infinity
    : command.registeredArguments.length;
  if (given > most) return `${line}: it takes ${most} arguments`;
  // A mention may leave all of them to the reader, not some.
  return (isWhole || given > 0) && given < needed ? `${line}: it needs ${needed} arguments` : undefined;
}

describe.each(DOCUMENTS)('the command lines in %s', (document) => {
  const lines = commandLinesIn(readFileSync(join(import.meta.dirname, '../..', document), 'utf8'));

  it('are there, and are taken by the program', () => {
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.flatMap((line) => faultOf(line) ?? [])).toEqual([]);
  });
});

it('a command line that the program does not take is found', () => {
  const faults = [
    'account set-sekret wx1',
    'refresh wx1 --force',
    'caller grant Ab12Cd34',
    'outputs now',
    'ips sync',
  ].map((line) => faultOf({ line, isWhole: true }));
  expect(faults).toEqual([
    'account set-sekret wx1: it takes 0 arguments',
    'refresh wx1 --force: there is no --force',
    'caller grant Ab12Cd34: it needs 3 arguments',
    'outputs now: it takes 0 arguments',
    undefined,
  ]);
});
