import { inspect } from 'node:util';

/** What a mark is: the kinds differ in where they may be seen. */
export type MarkKind = 'app secret' | 'access token' | 'caller key' | 'ticket';

/** Watches everything that a gateway lets out for the secrets that must not be in it. */
export interface Canary {
  /** Watches for a secret from now on and in everything seen before. Telling the same one twice changes nothing. */
  mark(kind: MarkKind, value: string): void;
  /**
   * Something that people or callers can see: a log line, a metric, an answer.
   * @param where names it in a report
   * @param allowed the kind of mark that it is made to hold
   */
  saw(where: string, content: string | Uint8Array, allowed?: MarkKind): void;
  /** An error as Lambda would log it, with its causes and properties. */
  sawError(where: string, error: unknown): void;
  /** One line for each mark that was seen where it must not be. Repeats no mark. */
  leaks(): readonly string[];
}

interface Sighting {
  readonly where: string;
  readonly content: string | Uint8Array;
  readonly allowed: MarkKind | undefined;
}

const ERROR_DEPTH = 8;

/** A canary that nobody has told anything yet. */
export function createCanary(): Canary {
  const marks = new Map<string, MarkKind>();
  const sightings: Sighting[] = [];
  const saw: Canary['saw'] = (where, content, allowed) => void sightings.push({ where, content, allowed });
  return {
    mark: (kind, value) => void marks.set(value, kind),
    saw,
    sawError: (where, error) => saw(where, inspect(error, { depth: ERROR_DEPTH, maxStringLength: null })),
    leaks() {
      const spellings = [...marks].map(([value, kind]) => ({ kind, texts: spellingsOf(value) }));
      return sightings.flatMap(({ where, content, allowed }) => {
        // Latin-1 keeps one character per byte, and every spelling of a mark is ASCII.
        const text = typeof content === 'string' ? content : Buffer.from(content).toString('latin1');
        const found = spellings.filter(
          ({ kind, texts }) => kind !== allowed && texts.some((one) => text.includes(one)),
        );
        return found.map(({ kind }) => `${kind} in ${where}`);
      });
    },
  };
}

/** As it is, in a URL, in JSON, and in the usual encodings. */
function spellingsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const json = JSON.stringify(value).slice(1, -1);
  const encoded = [bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url'), bytes.toString('hex')];
  return [...new Set([value, encodeURIComponent(value), json, ...encoded])];
}
