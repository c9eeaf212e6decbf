import type { RefreshFailure } from '#shared/access-token/failure.ts';
import { errcodeEntry } from '#shared/wechat/errcode.ts';
import { timeText } from '../text-layout.ts';
import { type Check, failed, ok, skipped, warning } from './check.ts';
import { isAboutAddress } from './check-address.ts';
import type { KnownAccount } from './check-table.ts';
import { errcodeText } from './errcode-text.ts';
import type { Examined } from './examined.ts';
import type { Patient } from './patient.ts';

const NAME = 'app secret';
/** How the token endpoints say that the secret is wrong (doc/service/api/base/api_getstableaccesstoken). */
const WRONG_SECRET: ReadonlySet<number | undefined> = new Set([40001, 40125]);

/** Whether WeChat takes the app secret. */
export function checkSecret({ surroundings }: Patient, { account }: KnownAccount, { secret }: Examined): Check {
  const { appId } = account;
  switch (secret.kind) {
    case 'accepted':
      return ok(NAME, 'WeChat accepts it.');
    case 'held':
      return skipped(NAME, 'Somebody was refreshing this account all the while; look again in a few seconds.');
    case 'not-allowed':
      return warning(
        NAME,
        "Not tried: the day's issues are used up, those kept for operators included.",
        `Possible again at ${timeText(secret.retryAt)}. Find out who refreshes ${appId} elsewhere.`,
      );
    case 'failed':
      if (isAboutAddress(secret.failure))
        return skipped(NAME, 'WeChat refuses the address before it says anything of the app secret.');
      return failed(
        NAME,
        findingOf(secret.failure, appId),
        remedyOf(secret.failure, surroundings.commandLine(`account set-secret ${appId}`)),
      );
  }
}

function findingOf(failure: RefreshFailure, appId: string): string {
  const { cause, errcode, rid } = failure;
  if (cause === 'app-secret-malformed') return `What is stored as the app secret of ${appId} is none.`;
  if (cause === 'app-secret-missing') return `The function finds no app secret of ${appId}.`;
  if (cause === 'app-secret-unavailable')
    return `The function cannot read the app secret of ${appId}: Secrets Manager does not answer it.`;
  const said = errcodeText(errcode, rid);
  if (WRONG_SECRET.has(errcode)) return `WeChat refuses the app secret of ${appId}: it is wrong (${said}).`;
  if (errcode !== undefined) return `WeChat issues no token for ${appId} (${said}).`;
  return `WeChat gave no clear answer about the app secret of ${appId} (${cause}).`;
}

function remedyOf({ cause, errcode }: RefreshFailure, setSecret: string): string {
  if (cause === 'app-secret-malformed' || cause === 'app-secret-missing') return `Set it: ${setSecret}`;
  if (cause === 'app-secret-unavailable')
    return "Check the function's way to Secrets Manager, and that its role may read the secret and use its key.";
  if (WRONG_SECRET.has(errcode))
    return `Store the current one, reset in the account's console if it is lost: ${setSecret}`;
  if (errcode === undefined) return 'Wait and look again; the gateway keeps trying.';
  return errcodeEntry(errcode)?.advice ?? "See WeChat's page of errcodes.";
}
