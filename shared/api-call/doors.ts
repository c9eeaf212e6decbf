/** Which doors of the API are open: `key`, every path but with a caller key; `iam`, `/iam/...` with requests signed by AWS credentials; or both. */
export type Doors = 'key' | 'iam' | 'both';

const DOORS: readonly Doors[] = ['key', 'iam', 'both'];

/**
 * Reads which doors are open.
 * @throws {Error} saying what is wrong when the text is not the name of one of the three choices
 */
export function parseDoors(text: string): Doors {
  const found = DOORS.find((doors) => doors === text);
  if (found !== undefined) return found;
  throw new Error(`"${text.slice(0, 64)}" is no choice of doors: write key, iam or both`);
}

const IAM_PREFIX = '/iam';

/** The door that a path below the path prefix comes through, and the path behind it. */
export function doorOf(path: string): { readonly door: 'key' | 'iam'; readonly path: string } {
  return path.startsWith(`${IAM_PREFIX}/`)
    ? { door: 'iam', path: path.slice(IAM_PREFIX.length) }
    : { door: 'key', path };
}
