import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';

const PROGRAM = join(import.meta.dirname, 'processes/line-output.ts');
const numbersIn = (output: string) =>
  output
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { number: number }).number);
const ALL = Array.from({ length: 500 }, (_, number) => number);

function startProgram(...args: readonly string[]) {
  const program = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const { stdout } = program;
  if (stdout === null) throw new Error('the program has no pipe for its output');
  return { program, stdout };
}

describe('lines to standard output', () => {
  it('come whole, once and in their order through a pipe', async () => {
    const { stdout } = startProgram();
    expect(numbersIn(await text(stdout))).toEqual(ALL);
  });

  it('do so too when the pipe is full, does not block, and is read only after the last line was written', async () => {
    const { program, stdout } = startProgram('does-not-block');
    await once(program, 'message');
    expect(numbersIn(await text(stdout))).toEqual(ALL);
  });

  it('are out before the process goes on: an end without warning loses none', async () => {
    const { program, stdout } = startProgram();
    const output = text(stdout);
    program.once('message', () => program.kill('SIGKILL'));
    expect(numbersIn(await output)).toEqual(ALL);
  });
});
