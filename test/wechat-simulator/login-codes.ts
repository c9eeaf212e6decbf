import { Refusal } from './refusal.ts';

const REMEMBERED_CODES = 100_000;

/** Login codes work once. Any code is good, except those that begin with `bad`. */
export class LoginCodes {
  readonly #used = new Set<string>();

  /** Throws 40029 for a bad code and 40163 for one that was used before. */
  use(code: string): void {
    if (code.startsWith('bad')) throw new Refusal(40029);
    if (this.#used.has(code)) throw new Refusal(40163);
    this.#used.add(code);
    const [oldest] = this.#used;
    if (this.#used.size > REMEMBERED_CODES && oldest !== undefined) this.#used.delete(oldest);
  }
}
