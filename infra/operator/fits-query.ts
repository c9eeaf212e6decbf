import type { LogQuery } from './log-reader.ts';

/** Whether a line is one of those that are wanted, as far as what it says goes. */
export function fitsQuery(text: string, { account, rid, metric }: LogQuery): boolean {
  if (account === undefined && rid === undefined && metric === undefined) return true;
  const fields = jsonFields(text) ?? {};
  return (
    (account === undefined || fields['account'] === account) &&
    (rid === undefined || fields['rid'] === rid) &&
    (metric === undefined || typeof fields[metric] === 'number')
  );
}

/** The fields of a line that is JSON; `undefined` for any other. */
export function jsonFields(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : undefined;
  } catch {
    // Something else that was printed, such as a warning of Node's.
    return undefined;
  }
}
