import type { Caller } from '#shared/caller/caller.ts';
import { createCallerId, createCallerKey } from '#shared/caller/caller-key.ts';
import { addCaller } from './add-caller.ts';
import { allowEntries } from './allow-entries.ts';
import { nameArgument } from './arguments.ts';
import { callerJson } from './caller-text.ts';
import type { CommandResult, Session } from './command-runner.ts';
import { firstContact, firstContactText } from './first-contact.ts';
import { knownAccount } from './known-account.ts';
import { found } from './known-caller.ts';
import { usageFailure } from './operator-failure.ts';

/** The options of `caller add`. */
export interface NewCallerOptions {
  readonly account?: string;
  readonly allow?: readonly string[];
}

/** Adds a caller with its first key and grant. The result holds the key. @throws {OperatorFailure} for a wrong name, account or entry */
export async function enterCaller(
  { gateway, clock }: Session,
  nameText: string,
  { account, allow = [] }: NewCallerOptions,
): Promise<CommandResult> {
  const name = nameArgument(nameText);
  if ((account === undefined) !== (allow.length === 0)) {
    throw usageFailure('--account and --allow go together: which account, and what the caller may call there.');
  }
  const callerId = await freeCallerId(gateway.callers);
  const callerKey = createCallerKey(callerId);
  const nobody: Caller = { id: callerId, name, disabled: false, keys: [], sealingKey: '0'.repeat(64), grants: [] };
  const entries = allowEntries(nobody, allow);
  const grants = account === undefined ? [] : [{ appId: (await knownAccount(gateway, account)).appId, allow: entries }];
  await addCaller({ callers: gateway.callers, clock }, { callerKey, name, grants });
  const caller = found(await gateway.callers.get(callerId), callerId);
  const contact = firstContact(caller, callerKey, gateway.target);
  return {
    json: { ...callerJson(caller), callerKey, ...contact },
    text: `Added caller ${callerId} "${name}". ${firstContactText(contact, callerId, callerKey)}`,
  };
}

/** Eight random characters are hardly ever taken; entering a caller over another would add a key to that one. */
async function freeCallerId(callers: Session['gateway']['callers']): Promise<string> {
  for (;;) {
    const callerId = createCallerId();
    if ((await callers.get(callerId)) === undefined) return callerId;
  }
}
