import type { TokenStore } from '../access-token/token-store.ts';
import { type AccountLearning, type LearningDependencies, learnUsedEndpoints } from './learn-quotas.ts';

/** What the daily round needs. */
export interface LearnAllDependencies extends LearningDependencies {
  readonly tokens: Pick<TokenStore, 'due'>;
}

/** One account of a daily round; `error`: it threw, most often because the table did not answer. */
export type LearningOfRound = AccountLearning | { readonly appId: string; readonly error: unknown };

const ACCOUNTS_AT_ONCE = 8;
/** What was called on one of these days will be called again. */
const DAYS = 3;

/**
 * Learns the quotas of all enabled accounts, of the endpoints that were called lately. One account's trouble keeps no other from it.
 * @throws the table's error when the accounts cannot be read
 */
export async function learnAllQuotas(dependencies: LearnAllDependencies): Promise<readonly LearningOfRound[]> {
  const enabled = (await dependencies.tokens.due(Number.MAX_SAFE_INTEGER)).values();
  const learnings: LearningOfRound[] = [];
  const worker = async (): Promise<void> => {
    for (const { appId } of enabled) learnings.push(await learnOfOne(dependencies, appId));
  };
  await Promise.all(Array.from({ length: ACCOUNTS_AT_ONCE }, worker));
  return learnings;
}

async function learnOfOne(dependencies: LearningDependencies, appId: string): Promise<LearningOfRound> {
  try {
    return await learnUsedEndpoints(dependencies, appId, DAYS);
  } catch (error) {
    // Reported with the account; the others still have to be asked for.
    return { appId, error };
  }
}
