import { type Command, InvalidArgumentError } from 'commander';
import type { Caller } from '#shared/caller/caller.ts';
import { callerResult } from '../caller-result.ts';
import type { CommandRunner } from '../command-runner.ts';
import { endpointArgument } from '../endpoint-argument.ts';
import { example } from '../help-example.ts';
import { knownAccount } from '../known-account.ts';
import { knownCaller } from '../known-caller.ts';

/** `caller share ...`: the most that a caller may use of an endpoint's daily quota. */
export function addCallerShareCommands(caller: Command, run: CommandRunner): void {
  const share = caller
    .command('share')
    .description('The most calls a day (UTC+8) that a caller may make to one endpoint of an account.')
    .addHelpText(
      'after',
      example(
        'caller share set Ab12Cd34 wx0123456789abcdef /cgi-bin/user/info 20000',
        'caller share unset Ab12Cd34 wx0123456789abcdef /cgi-bin/user/info',
      ),
    );
  share
    .command('set')
    .description(
      'Gives a caller a share, in place of what "account quota set --each" gives it. It holds within a minute.',
    )
    .argument('<callerId>', 'the caller')
    .argument('<appId>', 'the account')
    .argument('<endpoint>', 'a path such as /cgi-bin/user/info')
    .argument('<calls>', 'calls a day', countOf)
    .addHelpText('after', example('caller share set Ab12Cd34 wx0123456789abcdef /cgi-bin/user/info 20000'))
    .action((callerId: string, appId: string, path: string, calls: number, _options: unknown, command: Command) =>
      run(command, async ({ gateway }) => {
        const endpoint = endpointArgument(path);
        await knownCaller(gateway, callerId);
        await knownAccount(gateway, appId);
        const changed = await gateway.callerItems.change(callerId, (one) => withShare(one, appId, endpoint, calls));
        return callerResult(gateway, callerId, changed);
      }),
    );
  share
    .command('unset')
    .description('Takes a share away. Again it changes nothing.')
    .argument('<callerId>', 'the caller')
    .argument('<appId>', 'the account')
    .argument('<endpoint>', 'the path as "caller show" shows it')
    .addHelpText('after', example('caller share unset Ab12Cd34 wx0123456789abcdef /cgi-bin/user/info'))
    .action((callerId: string, appId: string, path: string, _options: unknown, command: Command) =>
      run(command, async ({ gateway }) => {
        const endpoint = endpointArgument(path);
        await knownCaller(gateway, callerId);
        const changed = await gateway.callerItems.change(callerId, (one) => withShare(one, appId, endpoint, undefined));
        return callerResult(gateway, callerId, changed);
      }),
    );
}

function withShare(caller: Caller, appId: string, endpoint: string, calls: number | undefined): Caller {
  const { shares = [], ...rest } = caller;
  const others = shares.filter((share) => share.appId !== appId || share.endpoint !== endpoint);
  const after = calls === undefined ? others : [...others, { appId, endpoint, calls }];
  return after.length === 0 ? rest : { ...rest, shares: after };
}

function countOf(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number from 1.');
}
