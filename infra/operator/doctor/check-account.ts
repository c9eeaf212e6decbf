import { OperatorFailure } from '../operator-failure.ts';
import { type Check, failed, ok, skipped, warning } from './check.ts';
import { checkAddress } from './check-address.ts';
import { checkOfTrouble } from './check-of-trouble.ts';
import { checkSecret } from './check-secret.ts';
import type { KnownAccount } from './check-table.ts';
import { checkToken } from './check-token.ts';
import type { Examined } from './examined.ts';
import type { Patient } from './patient.ts';

const ACCOUNT = 'account';

/**
 * Looks at one account: app secret, our address as WeChat sees it, token, callback URL. Costs one issue of those kept for operators, when there is an
 * app secret to try.
 * @param isReachable whether the function runs and reaches WeChat: otherwise only what is stored is looked at
 */
export async function checkAccount(
  patient: Patient,
  known: KnownAccount,
  isReachable: boolean,
): Promise<readonly Check[]> {
  const found = await checksOf(patient, known, isReachable);
  return found.map((check) => checkOfAccount(check, known.account.appId));
}

function checkOfAccount(check: Check, account: string): Check {
  return { ...check, account };
}

async function checksOf(patient: Patient, known: KnownAccount, isReachable: boolean): Promise<readonly Check[]> {
  const { surroundings, gateway, tell } = patient;
  const { appId, displayName } = known.account;
  if (known.state === undefined) {
    return [
      failed(
        ACCOUNT,
        'Adding it was cut off half-way.',
        `Add it again: ${surroundings.commandLine(`account add ${appId} --name ...`)}`,
      ),
    ];
  }
  if (known.state.disabled) return [skipped(ACCOUNT, `It is disabled: "account enable ${appId}" ends that.`)];
  const secretAbsent = await checkPresence(patient, appId);
  if (!isReachable) {
    const why = 'WeChat is not reached from the function.';
    return [secretAbsent ?? skipped('app secret', why), skipped('address', why), checkToken(patient, known, undefined)];
  }
  tell(`Looking at ${appId} "${displayName}" as WeChat sees it ...`);
  try {
    const examination = await gateway.examiner.account(appId);
    if (examination.kind !== 'examined') return [skipped(ACCOUNT, 'It has just been disabled or removed.')];
    const secret = secretAbsent ?? checkSecret(patient, known, examination);
    return [
      secret,
      checkAddress(patient, known, examination),
      checkToken(patient, known, examination),
      checkCallback(examination),
    ];
  } catch (error) {
    if (!(error instanceof OperatorFailure)) return [checkOfTrouble(ACCOUNT, error)];
    return [failed(ACCOUNT, error.message, `What the function says: ${surroundings.commandLine(`logs --since 15m`)}`)];
  }
}

/** `undefined` when there is one. */
async function checkPresence({ gateway, surroundings }: Patient, appId: string): Promise<Check | undefined> {
  const remedy = `Set it: ${surroundings.commandLine(`account set-secret ${appId}`)}`;
  try {
    const { state } = await gateway.secrets.presence(appId);
    if (state === 'present') return undefined;
    const finding =
      state === 'absent' ? `${appId} has no app secret.` : `The app secret of ${appId} is pending deletion.`;
    return failed('app secret', finding, remedy);
  } catch (error) {
    return checkOfTrouble('app secret', error);
  }
}

function checkCallback({ callback, token }: Examined): Check {
  const name = 'callback URL';
  switch (callback.kind) {
    case 'reachable':
      return ok(name, "WeChat's network reaches it.");
    case 'not-configured':
      return skipped(name, 'None is configured (40201), which is fine for an account that receives no messages.');
    case 'unknown':
      return skipped(
        name,
        token === 'works' ? 'WeChat gave no clear answer.' : 'Without a token that works WeChat cannot be asked.',
      );
    case 'refused':
      return skipped(name, `WeChat does not check it for this account (errcode ${callback.errcode}).`);
    case 'unreachable': {
      const which =
        callback.addresses.length === 0
          ? 'its name does not resolve there'
          : `nothing came back from ${callback.addresses.join(', ')}`;
      return warning(
        name,
        `WeChat's network does not reach it: ${which}.`,
        "Check that server's DNS, and that its firewall lets WeChat's callback IPs in (ips list callback).",
      );
    }
  }
}
