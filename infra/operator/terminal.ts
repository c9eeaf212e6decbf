/** Where the operator CLI reads and writes. */
export interface Terminal {
  /** A result, on stdout. */
  print(text: string): void;
  /** Progress, warnings and errors, on stderr. */
  tell(text: string): void;
  /** Whether somebody is there to answer questions. */
  readonly isInteractive: boolean;
  /** One line of an answer. @throws {OperatorFailure} on Ctrl-C and at the end of the input */
  ask(question: string): Promise<string>;
  /** The same without showing what is typed. */
  askHidden(question: string): Promise<string>;
  /** Everything that is piped in, to its end. */
  readAll(): Promise<string>;
  /** From now on Ctrl-C aborts this instead of ending the program. */
  interruptSignal(): AbortSignal;
}
