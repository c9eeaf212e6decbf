import { isAppId } from '#shared/account/account.ts';
import { isBase62 } from '#shared/caller/base62.ts';
import { isRoleId } from '#shared/caller/role.ts';
import { usageFailure } from './operator-failure.ts';

const CALLER_ID_LENGTH = 8;
const KEY_ID_LENGTH = 12;
/** What WeChat's app secrets look like; app IDs are shorter and begin with `wx`. */
const LIKE_APP_SECRET = /^[0-9a-f]{32}$/i;

// None of these errors repeats the value: what is in the wrong place may be a secret.

/** @throws {OperatorFailure} when the text cannot be an app ID */
export function appIdArgument(text: string): string {
  if (LIKE_APP_SECRET.test(text)) {
    throw usageFailure(
      'That looks like an app secret where an app ID belongs. Secrets never go on the command line, which others can see: clear it from the shell’s history.',
    );
  }
  if (isAppId(text)) return text;
  throw usageFailure('An app ID has 1 to 64 letters, digits, - or _: copy it from the account’s console.');
}

/** @throws {OperatorFailure} when the text cannot be a caller's id */
export function callerIdArgument(text: string): string {
  if (isBase62(text, CALLER_ID_LENGTH)) return text;
  throw usageFailure('A caller id has 8 letters and digits: "caller list" shows them.');
}

/** @throws {OperatorFailure} when the text cannot be a key's id */
export function keyIdArgument(text: string): { readonly keyId: string; readonly callerId: string } {
  if (isBase62(text, KEY_ID_LENGTH)) return { keyId: text, callerId: text.slice(0, CALLER_ID_LENGTH) };
  throw usageFailure('A key id has 12 letters and digits, not the whole key: "caller key list" shows them.');
}

/** @throws {OperatorFailure} when the text is no unique id of an IAM role */
export function roleIdArgument(text: string): string {
  if (isRoleId(text)) return text;
  throw usageFailure(
    "A role's unique id is AROA and more capitals and digits, not its name or ARN: aws iam get-role --role-name <name> --query Role.RoleId shows it.",
  );
}

/** A name for people. @throws {OperatorFailure} when it is empty, too long or holds control characters */
export function nameArgument(text: string): string {
  const name = text.trim();
  if (/^\P{Cc}{1,100}$/u.test(name)) return name;
  throw usageFailure('A name has 1 to 100 characters and no line breaks.');
}
