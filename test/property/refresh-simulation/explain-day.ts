import { type DaySettings, runDay } from './day.ts';

/** The end of a day that broke a promise, as it is told. */
const LINES = 80;

/** Lives through a day once more, which is the same again, and tells what was broken, how to replay it, and what had come before. */
export async function explainDay({ seed, mix }: Pick<DaySettings, 'seed' | 'mix'>, breach: string): Promise<string> {
  const lines: string[] = [];
  await runDay({
    seed,
    mix,
    note(line) {
      lines.push(line);
      if (lines.length > 2 * LINES) lines.splice(0, LINES);
    },
  });
  const replay = `npm run simulate -- --mix ${mix} --seed ${seed} --trace`;
  return [`Seed ${seed} broke a promise: ${breach}`, ...lines.slice(-LINES), `Replay it alone: ${replay}`].join('\n');
}
