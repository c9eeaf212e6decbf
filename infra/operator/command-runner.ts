import type { Command } from 'commander';
import type { Clock } from '#shared/clock.ts';
import type { OperatorGateway } from './operator-gateway.ts';
import type { Surroundings } from './surroundings.ts';
import type { Terminal } from './terminal.ts';

/** What a command works with. */
export interface Session {
  readonly gateway: OperatorGateway;
  readonly terminal: Terminal;
  readonly clock: Clock;
  /** The operator has confirmed on the command line. */
  readonly yes: boolean;
}

/** What a command came to, for both kinds of reader. */
export interface CommandResult {
  /** Printed as one JSON text with `--json`. */
  readonly json: object;
  /** For people. */
  readonly text: string;
  /** Exit code 1, although there is a result. */
  readonly failed?: boolean;
  /** All has been printed as it came: nothing more is. */
  readonly printed?: boolean;
}

/** Connects to the gateway that the command's options name, does the work and prints what it came to. */
export type CommandRunner = (command: Command, work: (session: Session) => Promise<CommandResult>) => Promise<void>;

/** What a command works with that goes to its gateway step by step. */
export interface SurroundingsSession extends Pick<Session, 'terminal' | 'clock'> {
  readonly surroundings: Surroundings;
}

/** Like {@link CommandRunner}, before anything is connected. */
export type SurroundingsRunner = (
  command: Command,
  work: (session: SurroundingsSession) => Promise<CommandResult>,
) => Promise<void>;
