import { MalformedItem } from '#shared/table/malformed-item.ts';
import { awsTrouble, troubleText } from '../aws-trouble.ts';

/** One part of the page: what was read, or why it could not be. The other parts are shown all the same. */
export type Part<Value> = { readonly value: Value } | { readonly trouble: string };

/** Reads a part. Never rejects, and says of an error only what holds nothing that is stored. */
export async function partOf<Value>(read: () => Promise<Value>): Promise<Part<Value>> {
  try {
    return { value: await read() };
  } catch (error) {
    const trouble = awsTrouble(error);
    if (trouble !== undefined) return { trouble: troubleText(trouble) };
    if (error instanceof MalformedItem) return { trouble: error.message };
    return { trouble: `An error that nobody foresaw (${error instanceof Error ? error.name : typeof error})` };
  }
}

/** What was read, if it was. */
export function valueOf<Value>(part: Part<Value>): Value | undefined {
  return 'value' in part ? part.value : undefined;
}
