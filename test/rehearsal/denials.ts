import { STACK } from './deployment.ts';

/** What the policies of roles refused, as MiniStack wrote it. */
export interface Denials {
  readonly all: readonly string[];
  /** Those of the stack's own roles. */
  readonly ofTheStack: readonly string[];
}

/** Finds the lines about what was refused: role, action, resource, and for the table the partition key. */
export function denialsIn(written: string): Denials {
  const all = written.split('\n').filter((line) => line.startsWith('DENIED'));
  return { all, ofTheStack: all.filter((line) => line.includes(`:assumed-role/${STACK}`)) };
}
