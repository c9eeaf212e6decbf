import type { AccountStore } from '#shared/account/account-store.ts';
import type { AppSecretWriter } from './app-secret-writer.ts';

/** Where an app secret is set. */
export interface SetAppSecretDependencies {
  readonly accounts: Pick<AccountStore, 'get'>;
  readonly secrets: AppSecretWriter;
}

const PRINTABLE = /^[\x21-\x7e]+$/;

/**
 * Sets an account's app secret; the same one again counts as new and makes the next refresh try it. No error repeats the secret.
 * @throws {TypeError} when the account was not added, or the text cannot be an app secret; and the stores' errors when they do not answer
 */
export async function setAppSecret(
  { accounts, secrets }: SetAppSecretDependencies,
  appId: string,
  appSecret: string,
): Promise<void> {
  if (!PRINTABLE.test(appSecret)) {
    throw new TypeError(
      'The app secret is empty, or holds a space, a line break or another odd character: copy it again.',
    );
  }
  if ((await accounts.get(appId)) === undefined) {
    throw new TypeError(`The account ${appId} does not exist: add it first.`);
  }
  await secrets.put(appId, appSecret);
}
