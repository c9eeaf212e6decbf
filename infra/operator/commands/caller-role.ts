import type { Command } from 'commander';
import type { Caller } from '#shared/caller/caller.ts';
import { roleIdArgument } from '../arguments.ts';
import { callerResult } from '../caller-result.ts';
import type { CommandResult, CommandRunner, Session } from '../command-runner.ts';
import { confirm } from '../confirm.ts';
import { example } from '../help-example.ts';
import { found, knownCaller } from '../known-caller.ts';
import { OperatorFailure } from '../operator-failure.ts';

const ROLE_ID = 'AROAEXAMPLEROLEID1234';
const FIND_IT = `
The unique id is not the name and not the ARN. To see it: aws iam get-role --role-name <name> --query Role.RoleId --output text
The role also needs the permission execute-api:Invoke on the stage's API, and the stage the door: auth iam or both.`;

/** `caller role ...`: the IAM roles whose signed calls under `/iam/` are a caller's. */
export function addCallerRoleCommands(caller: Command, run: CommandRunner): void {
  const role = caller
    .command('role')
    .description('The IAM roles whose signed calls (/iam/...) are a caller’s.')
    .addHelpText('after', example(`caller role add Ab12Cd34 ${ROLE_ID}`, `caller role remove Ab12Cd34 ${ROLE_ID}`))
    .addHelpText('after', FIND_IT);
  role
    .command('add')
    .description('Lets a role call as this caller, within a minute. Again it changes nothing.')
    .argument('<callerId>', 'the caller')
    .argument('<roleId>', 'the role’s unique id, AROA...')
    .addHelpText('after', example(`caller role add Ab12Cd34 ${ROLE_ID}`))
    .addHelpText('after', FIND_IT)
    .action((callerId: string, roleId: string, _options: unknown, command: Command) =>
      run(command, (session) => addRole(session, callerId, roleId)),
    );
  role
    .command('remove')
    .description('Refuses the role’s calls, within a minute. Again it changes nothing.')
    .argument('<callerId>', 'the caller')
    .argument('<roleId>', 'the role’s unique id, AROA...')
    .addHelpText('after', example(`caller role remove Ab12Cd34 ${ROLE_ID}`))
    .action((callerId: string, roleId: string, _options: unknown, command: Command) =>
      run(command, (session) => removeRole(session, callerId, roleId)),
    );
}

async function addRole({ gateway, clock }: Session, callerText: string, roleText: string): Promise<CommandResult> {
  const { id } = await knownCaller(gateway, callerText);
  const roleId = roleIdArgument(roleText);
  if (!(await gateway.roles.add(roleId, id))) {
    const other = await gateway.roles.callerIdOf(roleId);
    throw new OperatorFailure(
      `Role ${roleId} is caller ${other ?? '(just removed)'}’s: a role calls as one caller; "caller role remove ${other ?? '<callerId>'} ${roleId}" first.`,
    );
  }
  // The index first: an entry without its caller's word lets nobody in, a caller's role that is not in the index would look as if it worked.
  const changed = await gateway.callerItems.change(id, (caller) => withRole(caller, roleId, clock.now()));
  return callerResult(gateway, id, changed);
}

function withRole(caller: Caller, roleId: string, addedAt: number): Caller {
  const roles = caller.roles ?? [];
  return roles.some((role) => role.roleId === roleId) ? caller : { ...caller, roles: [...roles, { roleId, addedAt }] };
}

async function removeRole(
  { gateway, terminal, yes }: Session,
  callerText: string,
  roleText: string,
): Promise<CommandResult> {
  const caller = await knownCaller(gateway, callerText);
  const roleId = roleIdArgument(roleText);
  if (caller.roles?.some((role) => role.roleId === roleId) === true) {
    await confirm(terminal, `Role ${roleId} can no longer call as "${caller.name}", within a minute.`, yes);
  }
  const changed = await gateway.callerItems.change(caller.id, (current) => ({
    ...current,
    roles: (current.roles ?? []).filter((role) => role.roleId !== roleId),
  }));
  await gateway.roles.remove(roleId, caller.id);
  return callerResult(gateway, caller.id, found(changed, caller.id));
}
