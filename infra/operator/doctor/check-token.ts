import { type TokenState, usableToken } from '#shared/access-token/token-state.ts';
import { durationText, timeText } from '../text-layout.ts';
import { type Check, failed, ok, skipped, warning } from './check.ts';
import type { KnownAccount } from './check-table.ts';
import { errcodeText } from './errcode-text.ts';
import type { Examined } from './examined.ts';
import type { Patient } from './patient.ts';

const NAME = 'token';

/**
 * Whether the stored token is alive by WeChat's own word.
 * @param examination `undefined` when WeChat cannot be asked: then only what is stored is told
 */
export function checkToken(
  { clock, surroundings }: Patient,
  { account, state }: KnownAccount,
  examination: Examined | undefined,
): Check {
  const { appId } = account;
  const now = clock.now();
  const token = state === undefined ? undefined : usableToken(state, now);
  const refresh = surroundings.commandLine(`refresh ${appId}`);
  if (state === undefined || token === undefined || examination?.token === 'none') {
    const why = state === undefined ? '' : failureText(state);
    return failed(
      NAME,
      `There is no token for ${appId} that works.${why}`,
      `Every tick tries again. When nothing else fails here: ${refresh}`,
    );
  }
  const life = `${durationText(token.expiresAt - now)} left, fingerprint ${token.fingerprint}`;
  switch (examination?.token) {
    case undefined:
      return skipped(NAME, `WeChat is not reached from the function; by what is stored it has ${life}.`);
    case 'refused':
      return failed(
        NAME,
        `The token of ${appId} is dead: WeChat refuses the stored one (fingerprint ${token.fingerprint}), which should have ${durationText(token.expiresAt - now)} left.`,
        `The next call of a caller replaces it by itself, and so does: ${refresh} - then find out who else issues tokens for this account.`,
      );
    case 'unclear':
      return skipped(NAME, `WeChat gave no clear answer; by what is stored it has ${life}.`);
    case 'works':
      return state.failure === undefined || state.failure.count === 0
        ? ok(NAME, `WeChat takes it; ${life}.`)
        : warning(
            NAME,
            `WeChat takes it; ${life}. But${failureText(state)}`,
            `The gateway tries again at ${timeText(Math.max(now, state.cooldownEnd))}; sooner: ${refresh}`,
          );
  }
}

function failureText({ failure }: TokenState): string {
  if (failure === undefined || failure.count === 0) return '';
  const { cause, errcode, rid, at } = failure;
  return ` the last refresh failed at ${timeText(at)}: ${errcode === undefined ? cause : errcodeText(errcode, rid)}.`;
}
