import type { TokenStore } from '../access-token/token-store.ts';
import { type CallAnswer, json } from '../api-call/answer-shape.ts';
import type { Clock } from '../clock.ts';

const KEPT_MS = 10_000;
/** No account has this app ID; the read only shows that the table answers. */
const NO_ACCOUNT = 'health';

/**
 * `GET /gateway/health`: 200 when the table answers, else 503. Needs no credential and tells nothing of any account; the outcome is kept for
 * 10 s, so that asking costs at most one read.
 */
export function createHealth({
  tokens,
  clock,
}: {
  readonly tokens: Pick<TokenStore, 'glance'>;
  readonly clock: Pick<Clock, 'now'>;
}): () => Promise<CallAnswer> {
  let kept: { readonly answer: Promise<CallAnswer>; readonly until: number } | undefined;
  return () => {
    const now = clock.now();
    if (kept === undefined || now >= kept.until) kept = { answer: check(tokens), until: now + KEPT_MS };
    return kept.answer;
  };
}

async function check(tokens: Pick<TokenStore, 'glance'>): Promise<CallAnswer> {
  try {
    await tokens.glance(NO_ACCOUNT);
    return json(200, { status: 'ok' });
  } catch {
    // The answer is the report; why the table does not answer shows with the calls that need it.
    return json(503, { status: 'table-unreachable' });
  }
}
