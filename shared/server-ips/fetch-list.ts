import { type AccountCallDependencies, callAsAccount } from '../access-token/call-as-account.ts';
import type { TokenStore } from '../access-token/token-store.ts';
import { peekErrcode } from '../wechat/answer.ts';
import { type UpstreamAnswer, UpstreamFailure } from '../wechat/wechat-api.ts';
import { type Observation, observe, unusable } from './observation.ts';
import type { ServerIpList } from './server-ip-list.ts';

/** What fetching needs; one set per environment. */
export interface FetchDependencies extends AccountCallDependencies {
  readonly tokens: Pick<TokenStore, 'due'>;
}

/** An account that the list could not be fetched with, and why: a cause of ours or `errcode` and WeChat's. */
export interface FailedFetch {
  readonly account: string;
  readonly cause: string;
}

/** A list as WeChat gave it to an account, or all accounts that it was not to be had with. */
export type FetchedList =
  | { readonly kind: 'fetched'; readonly account: string; readonly observation: Observation }
  | { readonly kind: 'not-fetched'; readonly failed: readonly FailedFetch[] };

/** The call of each list (doc/service/api/base/api_getcallbackip, doc/channels/api/basic/api_getapidomainip). */
const PATHS: Readonly<Record<ServerIpList, string>> = {
  callback: '/cgi-bin/getcallbackip',
  'api-domain': '/cgi-bin/get_api_domain_ip',
};
const MAX_ANSWER_BYTES = 4_194_304;
const FIRST_BYTE_TIMEOUT_MS = 5_000;
/** For one account with everything: a heal, and the call twice. */
const ACCOUNT_BUDGET_MS = 12_000;
/** The list is the same for every account: when five cannot fetch it, it is not the accounts. */
const MOST_ACCOUNTS = 5;

/**
 * Fetches a list with the account whose token was refreshed last, and when that fails with the next one. A refused token is healed and the call
 * made once more. An answer with an `ip_list` is the list, whatever is in it.
 * @throws the table's error when it does not answer
 */
export async function fetchList(dependencies: FetchDependencies, list: ServerIpList): Promise<FetchedList> {
  const failed: FailedFetch[] = [];
  for (const account of await candidates(dependencies)) {
    const outcome = await fetchWith(dependencies, list, account);
    if (typeof outcome !== 'string') return { kind: 'fetched', account, observation: outcome };
    failed.push({ account, cause: outcome });
  }
  return { kind: 'not-fetched', failed };
}

/** Enabled accounts, the ones that are in trouble last: these are due now, or have been for long. */
async function candidates({ tokens }: FetchDependencies): Promise<readonly string[]> {
  const enabled = await tokens.due(Number.MAX_SAFE_INTEGER);
  return enabled
    .toReversed()
    .slice(0, MOST_ACCOUNTS)
    .map(({ appId }) => appId);
}

/** The list, or the cause why there is none. */
async function fetchWith(
  dependencies: FetchDependencies,
  list: ServerIpList,
  appId: string,
): Promise<Observation | string> {
  const request = { method: 'GET', path: PATHS[list], headers: {}, body: undefined } as const;
  const deadline = dependencies.clock.now() + ACCOUNT_BUDGET_MS;
  const limits = { firstByteTimeoutMs: FIRST_BYTE_TIMEOUT_MS, deadline, maxAnswerBytes: MAX_ANSWER_BYTES };
  try {
    const outcome = await callAsAccount(dependencies, appId, { request, limits, failover: 'after-sending-too' });
    return outcome.kind === 'answered' ? observationIn(outcome.answer) : outcome.kind;
  } catch (error) {
    // The next account may be luckier; the table's own trouble would meet that one too.
    if (error instanceof UpstreamFailure) return error.kind;
    throw error;
  }
}

/** The list in an answer, or the cause why there is none. */
function observationIn(answer: UpstreamAnswer): Observation | string {
  if (answer.status !== 200) return `http-${answer.status}`;
  const errcode = peekErrcode(answer)?.errcode ?? 0;
  if (errcode !== 0) return `errcode ${errcode}`;
  const entries = listIn(answer.body);
  if (entries === undefined) return 'odd-answer';
  return Array.isArray(entries) ? observe(entries) : unusable('unparsable', entries);
}

/** `undefined` for an answer that is not WeChat's, such as the page of something in front of it. */
function listIn(body: Uint8Array): unknown {
  try {
    const content: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return typeof content === 'object' && content !== null && 'ip_list' in content ? content.ip_list : undefined;
  } catch (error) {
    // Reported as an odd answer.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
