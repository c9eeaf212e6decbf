/** What has been started and has to be closed, in the opposite order. */
export class Closing {
  readonly #closes: (() => Promise<void>)[] = [];

  /** To be called as soon as something runs, so that a start that fails half-way leaves nothing behind. */
  add(close: () => Promise<void>): void {
    this.#closes.push(close);
  }

  /** Closes everything, the last started first, even if something cannot be closed. @throws the first error */
  async closeAll(): Promise<void> {
    const errors: unknown[] = [];
    for (const close of this.#closes.splice(0).toReversed()) {
      await close().catch((error: unknown) => void errors.push(error));
    }
    if (errors.length > 0) throw errors[0];
  }
}
