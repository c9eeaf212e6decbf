import type { AccessToken } from '../access-token/access-token.ts';
import { probe } from '../access-token/probe.ts';
import type { RefreshDependencies } from '../access-token/refresh-outcome.ts';
import { usableToken } from '../access-token/token-state.ts';
import { addressSeen } from './address-seen.ts';
import type { AccountExamination, SecretExamination } from './examination.ts';
import { examineCallback } from './examine-callback.ts';
import { examineSecret } from './examine-secret.ts';

/**
 * Looks at one account from where its calls are made: is the stored token alive, does WeChat take the app secret and our address, which address does it
 * see, does the callback URL answer. Costs one counted issue and four calls without a quota of note; ends no token and records nothing. Takes some
 * 30 s at worst.
 * @throws the table's error when it does not answer
 */
export async function examineAccount(dependencies: RefreshDependencies, appId: string): Promise<AccountExamination> {
  const { accounts, tokens, clock } = dependencies;
  const account = await accounts.get(appId);
  const state = await tokens.read(appId);
  if (account === undefined || state === undefined) return { kind: 'unknown-account' };
  if (state.disabled) return { kind: 'disabled' };
  const token = usableToken(state, clock.now());
  // Before the secret is tried: after that WeChat may know a newer token.
  const verdict = token === undefined ? 'none' : await probe(dependencies, token);
  const working = verdict === 'works' ? token : undefined;
  const secret = await examineSecret(dependencies, account);
  return {
    kind: 'examined',
    secret,
    token: verdict,
    addressSeen: addressRefused(secret) ?? (await whenWorking(working, (it) => addressSeen(dependencies, it))),
    callback: (await whenWorking(working, (it) => examineCallback(dependencies, it))) ?? { kind: 'unknown' },
  };
}

function addressRefused(secret: SecretExamination): string | undefined {
  return secret.kind === 'failed' ? secret.failure.egressAddress : undefined;
}

async function whenWorking<Result>(
  token: AccessToken | undefined,
  ask: (token: AccessToken) => Promise<Result>,
): Promise<Result | undefined> {
  return token === undefined ? undefined : ask(token);
}
