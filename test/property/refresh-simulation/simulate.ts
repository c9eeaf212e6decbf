import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { type DayReport, runDay } from './day.ts';
import { explainDay } from './explain-day.ts';
import { addFigures, noFigures } from './figures.ts';
import { MIXES, type Mix } from './forecast.ts';
import { summaryText } from './summary.ts';

/** The last one is a shell's for a program whose reader has gone: the day was not lived to its end. */
const EXIT_CODES = { held: 0, broken: 1, usage: 2, readerGone: 141 };
const DEFAULT_SEEDS = 20;
const LARGEST_SEED = 2 ** 32 - 1;

interface Options {
  readonly seeds: number;
  readonly seed?: number;
  readonly mix?: Mix;
  readonly trace?: boolean;
}

const program = new Command('npm run simulate --')
  .description(
    'Lives through days of virtual time with the real code for refreshing and healing, on a simulated table, WeChat and schedule, and checks every promise.',
  )
  .option('--seeds <count>', 'live through a day of each of the seeds from 1', wholeNumber(1, 1_000_000), DEFAULT_SEEDS)
  .addOption(
    new Option('--seed <seed>', 'live through the day of this seed alone')
      .argParser(wholeNumber(0, LARGEST_SEED))
      .conflicts('seeds'),
  )
  .option('--trace', 'with --seed: tell everything that happens, a line each')
  .addOption(new Option('--mix <mix>', 'how bad the days are; without it both, one after the other').choices(MIXES))
  .addHelpText('after', '\nExample: npm run simulate -- --seeds 200\nExits with 1 when a promise was broken.')
  .exitOverride();

// A reader such as `head` that has seen enough is no fault to be told.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT_CODES.readerGone);
});
process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const options: Options = program.parse(args, { from: 'user' }).opts();
    if (options.trace && options.seed === undefined)
      program.error('error: --trace tells of one day: add --seed <seed>');
    return await liveThroughAll(options);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.held : EXIT_CODES.usage;
    throw error;
  }
}

async function liveThroughAll({ seeds, seed, mix, trace }: Options): Promise<number> {
  const chosen = seed === undefined ? Array.from({ length: seeds }, (_, n) => n + 1) : [seed];
  let failures = 0;
  for (const one of mix === undefined ? MIXES : [mix]) failures += await liveThrough(chosen, one, trace === true);
  return failures === 0 ? EXIT_CODES.held : EXIT_CODES.broken;
}

/** Returns how many days broke a promise. */
async function liveThrough(seeds: readonly number[], mix: Mix, trace: boolean): Promise<number> {
  const figures = { stable: noFigures(), classic: noFigures() };
  const failedSeeds: number[] = [];
  for (const [done, seed] of seeds.entries()) {
    const report = await (trace ? traceDay(seed, mix) : runDay({ seed, mix }));
    addFigures(figures.stable, report.figures.stable);
    addFigures(figures.classic, report.figures.classic);
    if (report.breach !== undefined) {
      failedSeeds.push(seed);
      process.stderr.write(`${await explainDay({ seed, mix }, report.breach)}\n`);
    }
    process.stderr.write(`${mix}: ${done + 1} of ${seeds.length} days, ${failedSeeds.length} broke a promise\n`);
  }
  process.stdout.write(`${summaryText({ mix, days: seeds.length, failedSeeds, figures })}\n`);
  return failedSeeds.length;
}

function traceDay(seed: number, mix: Mix): Promise<DayReport> {
  return runDay({ seed, mix, note: (line) => process.stdout.write(`${line}\n`) });
}

function wholeNumber(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}
