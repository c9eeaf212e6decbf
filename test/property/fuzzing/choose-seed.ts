import { randomInt } from 'node:crypto';

/** The one seed that every property test begins at, a whole number; drawn anew for each run where it is not set. */
export const SEED_VARIABLE = 'FUZZ_SEED';
const LARGEST_SEED = 2 ** 31 - 1;

/**
 * Before the first property test: draws the seed unless it was given, and prints the command that runs the same cases again.
 * @throws {Error} when the variable holds no seed
 */
export default function chooseSeed(): void {
  const seed = process.env[SEED_VARIABLE] ?? String(randomInt(LARGEST_SEED));
  if (!/^\d+$/.test(seed) || Number(seed) > LARGEST_SEED) {
    throw new Error(
      `${SEED_VARIABLE} must be a whole number up to ${LARGEST_SEED}: unset it, or set it to what a run has printed.`,
    );
  }
  // The test processes inherit it.
  process.env[SEED_VARIABLE] = seed;
  process.stdout.write(
    `Property tests begin at seed ${seed}. Again: ${SEED_VARIABLE}=${seed} npx vitest run --project property [FILE]\n`,
  );
}
