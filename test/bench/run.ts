import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bench, type BenchReport, BenchTrouble } from './bench.ts';
import { machine } from './machine.ts';
import { markdownOf } from './table.ts';

const RESULTS = join(import.meta.dirname, '../../build/bench');

/** The benches by the name that the command line gives them, each loaded only when it is run. `cost` reads what the others wrote. */
const BENCHES: ReadonlyMap<string, () => Promise<Bench>> = new Map([
  ['call', async () => (await import('./call/call-bench.ts')).callBench],
  ['proxies', async () => (await import('./proxies/proxies-bench.ts')).proxiesBench],
  ['cold', async () => (await import('./cold/cold-bench.ts')).coldBench],
  ['growth', async () => (await import('./growth/growth-bench.ts')).growthBench],
  ['cost', async () => (await import('./cost/cost-bench.ts')).costBench],
]);

const HELP = `Usage: npm run bench [-- [name...] [--brief]]

  call      what a warm call costs over going direct
  proxies   other proxies in front of the same upstream
  cold      cold starts, bundles and memory
  growth    requests to the table as accounts, callers and environments grow
  cost      dollars a month, from published prices and what the other four wrote

Without a name: all of them. Prints tables and writes them as build/bench/<name>.json.
--brief   only shows that they work, in seconds; the figures say nothing and go to build/bench/brief/
`;

/**
 * Runs benches, prints what they found and writes it as JSON.
 * @returns the process's exit code: 0; 1 when a bench cannot begin, with why and what to do first; 2 for arguments that cannot be understood, with what
 * to give instead
 */
export async function runBenches(commandLine: readonly string[], write: (text: string) => void): Promise<number> {
  if (commandLine.includes('--help')) {
    write(HELP);
    return 0;
  }
  const options = commandLine.filter((argument) => argument.startsWith('-'));
  const names = commandLine.filter((argument) => !argument.startsWith('-'));
  const unknown = [
    ...options.filter((option) => option !== '--brief').map((option) => `There is no option ${option}.`),
    ...names.filter((name) => !BENCHES.has(name)).map((name) => `There is no bench named ${name}.`),
  ];
  if (unknown.length > 0) {
    write(`${unknown.join('\n')}\n\n${HELP}`);
    return 2;
  }
  if (process.platform !== 'linux') {
    write(
      'The benches read processor time from /proc, which only Linux has. Run them there, or in a container with this folder.\n',
    );
    return 1;
  }
  const folder = options.includes('--brief') ? join(RESULTS, 'brief') : RESULTS;
  await mkdir(folder, { recursive: true });
  try {
    for (const [name, load] of BENCHES) {
      if (names.length === 0 || names.includes(name)) await runOne(name, await load(), folder, write);
    }
    return 0;
  } catch (error) {
    if (!(error instanceof BenchTrouble)) throw error;
    write(`${error.message}\n`);
    return 1;
  }
}

async function runOne(name: string, bench: Bench, folder: string, write: (text: string) => void): Promise<void> {
  const brief = folder !== RESULTS;
  const report = await bench({ brief, results: folder, tell: (line) => write(`${name}: ${line}\n`) });
  const file = join(folder, `${name}.json`);
  await writeFile(file, `${JSON.stringify({ name, brief, machine: machine(), ...report }, undefined, 2)}\n`);
  write(`${textOf(report)}\nWritten to ${file}\n`);
}

function textOf({ title, tables, notes }: BenchReport): string {
  const parts = [`\n# ${title}`, machine(), ...tables.map(markdownOf), notes.map((note) => `- ${note}`).join('\n')];
  return `${parts.join('\n\n')}\n`;
}

if (import.meta.main) process.exitCode = await runBenches(process.argv.slice(2), (text) => process.stdout.write(text));
