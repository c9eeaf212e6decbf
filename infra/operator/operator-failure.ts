/** Exit codes of the operator CLI. */
export const EXIT_CODES = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** A command cannot be done, for a reason that the operator can do something about: the message is the cause and the next step. */
export class OperatorFailure extends Error {
  override readonly name = 'OperatorFailure';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT_CODES.failed, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** The failure for what is wrong with the command line itself. Takes no value that may be a secret. */
export function usageFailure(message: string): OperatorFailure {
  return new OperatorFailure(message, EXIT_CODES.usage);
}
