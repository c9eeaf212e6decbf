/** The local run cannot go on, for a reason that its user can do something about: the message is one line, the cause and the next step. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
}

/** For what starting a part throws: a taken port, a directory in use, a damaged file. */
export function asStartFailure(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  throw new StartFailure(message.replaceAll(/\s*\n\s*/g, ' '), { cause: error });
}
