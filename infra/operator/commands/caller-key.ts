import type { Command } from 'commander';
import type { Caller } from '#shared/caller/caller.ts';
import { createCallerKey, recordOf } from '#shared/caller/caller-key.ts';
import { keyIdArgument } from '../arguments.ts';
import { keyJson, keysText } from '../caller-text.ts';
import type { CommandResult, CommandRunner, Session } from '../command-runner.ts';
import { confirm } from '../confirm.ts';
import { firstContact, firstContactText } from '../first-contact.ts';
import { example } from '../help-example.ts';
import { found, knownCaller } from '../known-caller.ts';
import { OperatorFailure } from '../operator-failure.ts';

const ACTIVE_KEYS = 2;

/** `caller key ...`. */
export function addCallerKeyCommands(caller: Command, run: CommandRunner): void {
  const key = caller
    .command('key')
    .description('The keys of callers: two may be active, so that one replaces the other without a gap.')
    .addHelpText('after', example('caller key add Ab12Cd34', 'caller key retire Ab12Cd34wxyz'));
  key
    .command('add')
    .description('Makes a second key for a caller and shows it, this once.')
    .argument('<callerId>', 'the caller')
    .addHelpText('after', example('caller key add Ab12Cd34'))
    .action((callerId: string, _options: unknown, command: Command) =>
      run(command, (session) => addKey(session, callerId)),
    );
  key
    .command('list')
    .description('Lists the keys of a caller, with the hour of their last use.')
    .argument('<callerId>', 'the caller')
    .addHelpText('after', example('caller key list Ab12Cd34'))
    .action((callerId: string, _options: unknown, command: Command) =>
      run(command, async ({ gateway }) => listKeys(gateway, await knownCaller(gateway, callerId))),
    );
  addEndCommands(key, run);
}

function addEndCommands(key: Command, run: CommandRunner): void {
  key
    .command('retire')
    .description(
      'Ends new gateway tokens and Bearer calls with a key; gateway tokens already handed out live on to their end.',
    )
    .argument('<keyId>', 'the key, by the id that "caller key list" shows')
    .addHelpText('after', example('caller key retire Ab12Cd34wxyz'))
    .action((keyId: string, _options: unknown, command: Command) =>
      run(command, (session) =>
        endKey(
          session,
          keyId,
          'takes no more calls and makes no more gateway tokens; those handed out live on for up to 130 minutes',
          (caller) => ({
            ...caller,
            keys: caller.keys.map((one) =>
              one.keyId === keyId ? { ...one, retiredAt: one.retiredAt ?? session.clock.now() } : one,
            ),
          }),
        ),
      ),
    );
  key
    .command('revoke')
    .description('Ends a key and every gateway token made with it, within a minute.')
    .argument('<keyId>', 'the key, by the id that "caller key list" shows')
    .addHelpText('after', example('caller key revoke Ab12Cd34wxyz'))
    .action((keyId: string, _options: unknown, command: Command) =>
      run(command, (session) =>
        endKey(session, keyId, 'stops working within a minute, with every gateway token made with it', (caller) => ({
          ...caller,
          keys: caller.keys.filter((one) => one.keyId !== keyId),
        })),
      ),
    );
}

async function addKey({ gateway, clock }: Session, callerId: string): Promise<CommandResult> {
  await knownCaller(gateway, callerId);
  const callerKey = createCallerKey(callerId);
  const record = recordOf(callerKey, clock.now());
  const changed = await gateway.callerItems.change(callerId, (caller) => {
    refuseThird(caller);
    return { ...caller, keys: [...caller.keys, record] };
  });
  const contact = firstContact(found(changed, callerId), callerKey, gateway.target);
  return {
    json: { callerId, ...keyJson(record), callerKey, ...contact },
    text: `Added a key to caller ${callerId}. ${firstContactText(contact, callerId, callerKey)}`,
  };
}

function refuseThird({ id, keys }: Caller): void {
  const active = keys.filter(({ retiredAt }) => retiredAt === undefined);
  if (active.length < ACTIVE_KEYS) return;
  const keyIds = active.map(({ keyId }) => keyId).join(' and ');
  throw new OperatorFailure(`Caller ${id} has two active keys, ${keyIds}: retire or revoke one first.`);
}

async function endKey(
  { gateway, terminal, yes }: Session,
  keyText: string,
  consequence: string,
  change: (caller: Caller) => Caller,
): Promise<CommandResult> {
  const { keyId, callerId } = keyIdArgument(keyText);
  const caller = await knownCaller(gateway, callerId);
  if (caller.keys.every((key) => key.keyId !== keyId)) {
    throw new OperatorFailure(`Caller ${callerId} has no key ${keyId}: "caller key list ${callerId}" shows its keys.`);
  }
  const isLast = caller.keys.every((key) => key.keyId === keyId || key.retiredAt !== undefined);
  const last = isLast ? ' The caller has no other active key.' : '';
  await confirm(terminal, `Key ${keyId} of caller "${caller.name}" ${consequence}.${last}`, yes);
  return listKeys(gateway, found(await gateway.callerItems.change(callerId, change), callerId));
}

async function listKeys({ keyUse }: Session['gateway'], { id, keys }: Caller): Promise<CommandResult> {
  const lastUsed = await keyUse.lastUsedAt(id);
  return { json: { callerId: id, keys: keys.map((key) => keyJson(key, lastUsed)) }, text: keysText(keys, lastUsed) };
}
