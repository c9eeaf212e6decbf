import { join } from 'node:path';
import type { BenchSettings } from '../bench.ts';
import { type Program, startProgram } from '../program.ts';
import { median } from '../quantile.ts';
import type { Table } from '../table.ts';
import type { NamedSubject } from './cold-subjects.ts';

const SIZES = { full: { rounds: 5, calls: 4_000 }, brief: { rounds: 1, calls: 50 } };

/** What one log line and one metric cost once all is warm, in each of these ways. */
export async function linesTable({ brief, tell }: BenchSettings, subjects: readonly NamedSubject[]): Promise<Table> {
  const { rounds, calls } = brief ? SIZES.brief : SIZES.full;
  tell(`log lines: ${rounds} rounds of ${calls}`);
  const running = await Promise.all(
    subjects.map(async ({ name, directory }) => ({ name, us: new Array<number>(), program: await start(directory) })),
  );
  for (const { program } of running) await program.ask(calls);
  for (let round = 0; round < rounds; round += 1) {
    for (const { program, us } of running) us.push(await program.ask(calls));
  }
  await Promise.all(running.map(({ program }) => program.end()));
  return {
    title: 'One log line and one metric, warm (median of the rounds)',
    columns: ['way', 'CPU us'],
    rows: running.map(({ name, us }) => [name, median(us)]),
  };
}

function start(directory: string): Promise<Program<number, number>> {
  const file = join(import.meta.dirname, '../programs/lines.ts');
  return startProgram(file, { core: 'measured', arguments: [join(directory, 'handler.js')] });
}
