import { type AppSecret, type AppSecretCache, MalformedAppSecret } from '../account/app-secret.ts';
import type { RefreshFailure } from './failure.ts';

/** The account's app secret, or the failure to record when there is none to be had. Never throws. */
export async function readSecret(
  { secrets }: { readonly secrets: AppSecretCache },
  appId: string,
  past: 'cached' | 'past-the-cache' = 'cached',
): Promise<AppSecret | RefreshFailure> {
  try {
    const secret = await (past === 'cached' ? secrets.get(appId) : secrets.reread(appId));
    return secret ?? { class: 'rejected', cause: 'app-secret-missing' };
  } catch (error) {
    if (error instanceof MalformedAppSecret) return { class: 'rejected', cause: 'app-secret-malformed' };
    // Whatever kept the secret from being read passes or shows as this cause in status and alarms.
    return { class: 'unavailable', cause: 'app-secret-unavailable' };
  }
}

/** Tells a secret from the reason why there is none. */
export function isSecret(secret: AppSecret | RefreshFailure | undefined): secret is AppSecret {
  return secret !== undefined && 'value' in secret;
}
