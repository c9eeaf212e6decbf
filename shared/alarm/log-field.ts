/** A field of a parsed log line by its path with dots, as AWS's own lines have them; `undefined` where there is none. */
export function fieldOf(line: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => {
    if (typeof value !== 'object' || value === null) return undefined;
    // An object's own fields are all that is looked for, whatever they hold.
    return (value as Readonly<Record<string, unknown>>)[name];
  }, line);
}
