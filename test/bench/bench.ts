import type { Table } from './table.ts';

/** How a bench is run. */
export interface BenchSettings {
  /** Only to see that it works: a few seconds, and figures that say nothing. */
  readonly brief: boolean;
  /** The folder that the benches write their JSON to. */
  readonly results: string;
  /** Takes a line that says what is going on. */
  readonly tell: (line: string) => void;
}

/** What a bench found. */
export interface BenchReport {
  readonly title: string;
  readonly tables: readonly Table[];
  /** What a reader must know to read the tables; what was left out, and why. */
  readonly notes: readonly string[];
  /** Single figures by name, for those who go on from them. */
  readonly figures: Readonly<Record<string, number>>;
}

/** One comparison; everything that it compares is run in one go on one machine. */
export type Bench = (settings: BenchSettings) => Promise<BenchReport>;

/** A bench cannot begin; the message says why, and what to do first. */
export class BenchTrouble extends Error {
  override readonly name = 'BenchTrouble';
}
