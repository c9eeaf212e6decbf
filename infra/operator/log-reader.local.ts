import { readFileSync } from 'node:fs';
import { fitsQuery } from './fits-query.ts';
import { OLDER, parseKeptLine } from './kept-line.ts';
import type { LogEntry, LogReader } from './log-reader.ts';
import { usageFailure } from './operator-failure.ts';

/** {@link LogReader} of a local run's log file. */
export function createLocalLogReader(file: string): LogReader {
  return {
    async read(query) {
      if (query.functionName !== undefined) {
        throw usageFailure('The functions of the local run share one log: leave --function away.');
      }
      const texts = [file + OLDER, file].flatMap((one) => readIfPresent(one).split('\n'));
      return texts.flatMap(entryOf).filter((entry) => entry.at >= query.since && fitsQuery(entry.text, query));
    },
  };
}

function entryOf(text: string, index: number): readonly LogEntry[] {
  const kept = parseKeptLine(text);
  return kept === undefined ? [] : [{ at: kept.at, text: kept.line, id: `${kept.at} ${index}` }];
}

function readIfPresent(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    // The older one is not there until the newer one is full, and neither once the run has ended.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
