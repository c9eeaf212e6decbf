import type { RefreshFailure } from '#shared/access-token/failure.ts';
import { errcodeEntry } from '#shared/wechat/errcode.ts';
import { type Check, failed, ok, skipped, warning } from './check.ts';
import type { KnownAccount } from './check-table.ts';
import { errcodeText } from './errcode-text.ts';
import type { Examined } from './examined.ts';
import type { Patient } from './patient.ts';

const NAME = 'address';
const NOT_ALLOWED = 40164;

/** Whether WeChat refused the address that a call came from, by its list or by the administrator's word (89501 to 89507). */
export function isAboutAddress({ errcode }: RefreshFailure): boolean {
  return errcode === NOT_ALLOWED || (errcode !== undefined && errcode >= 89501 && errcode <= 89507);
}

/** Whether WeChat lets our address in, and whether it is one of those that the stack has. */
export function checkAddress(
  { gateway, surroundings }: Patient,
  { account }: KnownAccount,
  { secret, addressSeen }: Examined,
): Check {
  const fixed = gateway.target.egressAddresses;
  if (secret.kind === 'failed' && isAboutAddress(secret.failure)) return refused(account.appId, secret.failure, fixed);
  if (addressSeen === undefined) {
    if (secret.kind !== 'accepted') return skipped(NAME, 'WeChat did not tell which address it sees.');
    return ok(NAME, 'WeChat lets it in, and did not tell which it sees.');
  }
  if (fixed.length === 0) {
    const which = surroundings.isLocal
      ? 'this machine has no fixed one to compare'
      : 'the stage has no fixed one, so an IP allow-list cannot be kept';
    return ok(NAME, `WeChat sees ${addressSeen} and lets it in; ${which}.`);
  }
  if (fixed.includes(addressSeen))
    return ok(NAME, `WeChat sees ${addressSeen}, one of the stack's own, and lets it in.`);
  return warning(
    NAME,
    `WeChat sees ${addressSeen}, which is none of the stack's own: ${fixed.join(', ')}.`,
    "Calls do not leave by the stack's NAT gateway: check the routes of the functions' subnets before the allow-list is trusted.",
  );
}

function refused(appId: string, failure: RefreshFailure, fixed: readonly string[]): Check {
  const { errcode, rid, egressAddress } = failure;
  const said = errcodeText(errcode, rid);
  if (errcode !== NOT_ALLOWED) {
    const which = egressAddress ?? (fixed.join(', ') || 'the address that its message names');
    const advice = errcode === undefined ? undefined : errcodeEntry(errcode)?.advice;
    return failed(
      NAME,
      `WeChat wants the administrator of ${appId} to confirm our address (${said}).`,
      `${advice ?? ''} The address: ${which}.`,
    );
  }
  const address = egressAddress ?? 'our address';
  const stranger = egressAddress !== undefined && fixed.length > 0 && !fixed.includes(egressAddress);
  const finding = `The IP allow-list of ${appId} does not hold ${address} (${said}).`;
  if (stranger) {
    return failed(
      NAME,
      `${finding} It is none of the stack's own addresses: ${fixed.join(', ')}.`,
      "Check the routes of the functions' subnets: calls should leave by the stack's NAT gateway. Otherwise enter the address in the account's API IP allow-list.",
    );
  }
  const all = fixed.length > 1 ? `${fixed.join(', ')}, all of them,` : address;
  return failed(
    NAME,
    finding,
    `Enter ${all} in the account's API IP allow-list in its console; that takes effect within some 10 minutes.`,
  );
}
