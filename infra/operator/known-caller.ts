import type { Caller } from '#shared/caller/caller.ts';
import type { CallerStore } from '#shared/caller/caller-store.ts';
import { callerIdArgument } from './arguments.ts';
import { OperatorFailure } from './operator-failure.ts';

/** The caller that an argument names. @throws {OperatorFailure} when it is no caller id, or there is no such caller */
export async function knownCaller({ callers }: { readonly callers: CallerStore }, text: string): Promise<Caller> {
  return found(await callers.get(callerIdArgument(text)), text);
}

/** The caller after a change. @throws {OperatorFailure} when it was removed meanwhile */
export function found(caller: Caller | undefined, callerId: string): Caller {
  if (caller !== undefined) return caller;
  throw new OperatorFailure(`There is no caller ${callerId}: "caller list" shows them, "caller add" adds one.`);
}
