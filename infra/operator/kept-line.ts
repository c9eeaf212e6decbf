/** What the name of the older of a local run's two log files adds to the newer one's. */
export const OLDER = '.1';

/** A line of a local run's function as its log file holds it: a moment, epoch milliseconds, and what was written. */
export function keptLine(at: number, line: string): string {
  return `${at} ${line}\n`;
}

/** The opposite; `undefined` for what is not such a line, as the last one may be while it is written. */
export function parseKeptLine(text: string): { readonly at: number; readonly line: string } | undefined {
  const found = /^(\d{1,15}) (.*)$/s.exec(text);
  return found === null ? undefined : { at: Number(found[1]), line: found[2] ?? '' };
}
