import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { type StoredSecret, storedSecretSchema } from './stored-secret.ts';

/** The secrets in a data directory: one file, mode 0600, replaced as a whole, so that a killed process leaves the old or the new one. */
export class SecretFile {
  readonly #directory: string;

  constructor(dataDir: string) {
    this.#directory = join(dataDir, 'secrets');
  }

  /**
   * Empty when there is no file yet.
   * @throws {Error} naming the file, never its content, when it is damaged
   */
  load(): StoredSecret[] {
    const path = join(this.#directory, 'secrets.json');
    const text = readIfPresent(path);
    if (text === undefined) {
      return [];
    }
    const parsed = v.safeParse(v.array(storedSecretSchema), parseJson(text));
    if (!parsed.success) {
      throw new Error(`${path} is damaged. Restore it, or delete it and create the secrets again.`);
    }
    return parsed.output;
  }

  /** Replaces the file. On the disk when it returns. */
  save(secrets: readonly StoredSecret[]): void {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    const path = join(this.#directory, 'secrets.json');
    const file = openSync(`${path}.new`, 'w', 0o600);
    try {
      writeSync(file, JSON.stringify(secrets));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(`${path}.new`, path);
  }
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    // No file is the ordinary first start.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text, that is secrets; no value of ours is undefined, so the schema refuses it.
    return undefined;
  }
}
