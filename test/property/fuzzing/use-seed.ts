import * as fc from 'fast-check';
import { SEED_VARIABLE } from './choose-seed.ts';

/** How many cases a property is tried with, unless it says otherwise itself. */
const RUNS = 10_000;

fc.configureGlobal({ seed: Number(process.env[SEED_VARIABLE]), numRuns: RUNS });
