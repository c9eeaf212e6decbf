import type { LogSource } from './alarm.ts';
import { WATCHED_FUNCTIONS } from './alarm.ts';

const SOURCES: readonly LogSource[] = [...WATCHED_FUNCTIONS, 'api-access-log'];

/** The text of a setting that names log groups, as {@link parseLogGroups} reads it. */
export function logGroupsText(groups: Readonly<Partial<Record<LogSource, string>>>): string {
  return Object.entries(groups)
    .map(([source, name]) => `${source}=${name}`)
    .join(',');
}

/**
 * Reads which log group each source of log lines has: `<source>=<log group>`, comma-separated.
 * @throws {Error} naming the entry that is none
 */
export function parseLogGroups(text: string): ReadonlyMap<LogSource, string> {
  return new Map(
    text.split(',').map((entry) => {
      const [name = '', group = '', ...rest] = entry.split('=');
      const source = SOURCES.find((one) => one === name);
      if (source === undefined || group === '' || rest.length > 0) {
        throw new Error(`"${entry.slice(0, 64)}" names no log group: write <source>=<log group>, comma-separated`);
      }
      return [source, group] as const;
    }),
  );
}
