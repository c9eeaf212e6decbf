import { type AuthenticateDependencies, findKey } from './authenticate.ts';
import { Refusal, type RefusalCause } from './refusal.ts';

/** Why a caller key is not good, which an SDK must hear as a wrong app secret: on 40001 one of them asks again for ever. */
const KEY_REFUSALS: ReadonlySet<RefusalCause> = new Set([
  'malformed-credential',
  'unknown-key',
  'retired-key',
  'caller-disabled',
]);

/**
 * The caller of an active caller key that stands in place of the app secret.
 * @param badKey the cause to refuse with, whatever is wrong with the key
 * @throws {Refusal} that; when the directory cannot say: `internal-error` or `table-unreachable`
 */
export async function findKeyAsSecret(
  dependencies: AuthenticateDependencies,
  secret: string,
  badKey: 'token-endpoint-bad-key' | 'app-secret-call-bad-key',
) {
  try {
    return await findKey(dependencies, secret);
  } catch (error) {
    if (error instanceof Refusal && KEY_REFUSALS.has(error.cause)) throw new Refusal(badKey);
    throw error;
  }
}
