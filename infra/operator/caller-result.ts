import type { Caller } from '#shared/caller/caller.ts';
import { callerJson, callerText } from './caller-text.ts';
import type { CommandResult } from './command-runner.ts';
import { found } from './known-caller.ts';
import type { OperatorGateway } from './operator-gateway.ts';

/** A caller as it is now, with the last use of its keys. @throws {OperatorFailure} when it was removed meanwhile */
export async function callerResult(
  { keyUse }: Pick<OperatorGateway, 'keyUse'>,
  callerId: string,
  caller: Caller | undefined,
): Promise<CommandResult> {
  const present = found(caller, callerId);
  const lastUsed = await keyUse.lastUsedAt(callerId);
  return { json: callerJson(present, lastUsed), text: callerText(present, lastUsed) };
}
