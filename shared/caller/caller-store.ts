import type { Caller } from './caller.ts';

/** What is stored under a caller's id is not a caller. Names the id and the attribute, never a value. */
export class MalformedCaller extends TypeError {
  override readonly name = 'MalformedCaller';

  constructor(callerId: string, attribute: string, wanted: string) {
    super(`Caller ${callerId} is not usable: ${attribute} must be ${wanted}; store the caller again.`);
  }
}

/** Where callers are kept. */
export interface CallerStore {
  /**
   * The caller as last stored, never an older one; `undefined` when there is none with this id.
   * @throws {MalformedCaller} when what it holds is not a caller, and the engine's error when it does not answer: neither is "not found"
   */
  get(callerId: string): Promise<Caller | undefined>;
  /**
   * Stores the caller in place of any with the same id; again with the same value changes nothing.
   * @throws {MalformedCaller} before storing anything, when it is not a caller that `get` would return
   */
  put(caller: Caller): Promise<void>;
}
