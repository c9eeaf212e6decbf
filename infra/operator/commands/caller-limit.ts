import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Caller, CallerLimits } from '#shared/caller/caller.ts';
import { callerResult } from '../caller-result.ts';
import type { CommandRunner } from '../command-runner.ts';
import { example } from '../help-example.ts';
import { knownCaller } from '../known-caller.ts';
import { usageFailure } from '../operator-failure.ts';

interface LimitOptions extends CallerLimits {
  readonly none?: boolean;
}

/** `caller limit <callerId>`. */
export function addLimitCommand(caller: Command, run: CommandRunner): void {
  caller
    .command('limit')
    .description(
      'Limits how many calls of a caller go up to WeChat, all its accounts together. It holds within a minute.',
    )
    .argument('<callerId>', 'the caller')
    .option('--per-minute <calls>', 'calls per minute', countOf)
    .option('--per-day <calls>', 'calls per day in UTC+8', countOf)
    .addOption(new Option('--none', 'take all limits away').conflicts(['perMinute', 'perDay']))
    .addHelpText(
      'after',
      example('caller limit Ab12Cd34 --per-minute 600 --per-day 100000', 'caller limit Ab12Cd34 --none'),
    )
    .action((callerId: string, options: LimitOptions, command: Command) =>
      run(command, async ({ gateway }) => {
        if (options.none !== true && options.perMinute === undefined && options.perDay === undefined) {
          throw usageFailure('Say which limit: --per-minute, --per-day, or --none to take all away.');
        }
        await knownCaller(gateway, callerId);
        const changed = await gateway.callerItems.change(callerId, (present) => withLimits(present, options));
        return callerResult(gateway, callerId, changed);
      }),
    );
}

/** A limit that is not named stays as it is. */
function withLimits({ limits, ...caller }: Caller, { none = false, perMinute, perDay }: LimitOptions): Caller {
  if (none) return caller;
  const named = { ...(perMinute !== undefined && { perMinute }), ...(perDay !== undefined && { perDay }) };
  return { ...caller, limits: { ...limits, ...named } };
}

function countOf(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number from 1.');
}
