import { MalformedCaller } from '../caller/caller-store.ts';
import { MalformedItem } from '../table/malformed-item.ts';
import { Refusal } from './refusal.ts';

/**
 * What the table says. Whatever its trouble is, no call was carried out: one was refused before, or none was sent, and the caller may come again.
 * @throws {Refusal} `internal-error` for a malformed item, else `table-unreachable`; the log gets what was behind it
 */
export function readable<Value>(reading: Promise<Value>): Promise<Value> {
  return reading.catch((error: unknown) => {
    const isMalformed = error instanceof MalformedCaller || error instanceof MalformedItem;
    throw new Refusal(isMalformed ? 'internal-error' : 'table-unreachable', error);
  });
}
