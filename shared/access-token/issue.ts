import type { Account } from '../account/account.ts';
import type { AppSecret } from '../account/app-secret.ts';
import type { Clock } from '../clock.ts';
import { peekErrcode, refusedAddress } from '../wechat/answer.ts';
import { APP_SECRET_REFUSED } from '../wechat/issue-refusals.ts';
import { issuedText } from '../wechat/issued-text.ts';
import type { Upstream } from '../wechat/upstream.ts';
import { type UpstreamAnswer, UpstreamFailure, type UpstreamRequest } from '../wechat/wechat-api.ts';
import { type AccessToken, fingerprintOf } from './access-token.ts';
import type { FailureClass, RefreshFailure } from './failure.ts';
import { CLOCKS_DIFFER_BY_MS, ISSUE_DEADLINE_MS } from './lease-rules.ts';

/** What one issue call came to. */
export type IssueOutcome =
  | { readonly kind: 'issued'; readonly token: AccessToken }
  /** `sent`: WeChat may have issued a token that we do not have. */
  | { readonly kind: 'failed'; readonly failure: RefreshFailure; readonly sent: boolean };

/** One issue call. */
export interface IssueRequest {
  readonly account: Pick<Account, 'appId' | 'mode'>;
  readonly secret: AppSecret;
  /** Ask stable mode for a new token; the one before dies. */
  readonly force: boolean;
  /** The call is cut short, or nothing is sent, when it could outlive the lease by any clock. */
  readonly leaseEnd: number;
}

const MAX_ANSWER_BYTES = 16_384;
/** With less time than this a call is not begun, on either host: it would most likely end in not knowing whether WeChat has issued. */
const CALL_NEEDS_MS = 1_000;
const QUOTA_ERRCODES: ReadonlySet<number> = new Set([45009, 45011]);
const SECRET_REFUSED: ReadonlySet<number | undefined> = new Set(APP_SECRET_REFUSED);

class LeaseEndsFirst extends Error {
  override readonly name = 'LeaseEndsFirst';
}

/**
 * Asks WeChat for the account's token, once (doc/service/api/base/api_getstableaccesstoken, .../api_getaccesstoken). Takes at most 4 s in
 * all, less when the lease ends sooner; a later answer is not used. Never throws for what WeChat or the network does, and no outcome holds the app secret.
 */
export async function issue(
  { upstream, clock }: { readonly upstream: Upstream; readonly clock: Clock },
  { account, secret, force, leaseEnd }: IssueRequest,
): Promise<IssueOutcome> {
  // The next holder's clock may be ahead of ours: this call must be over when that clock sees the lease end.
  const deadline = Math.min(clock.now() + ISSUE_DEADLINE_MS, leaseEnd - CLOCKS_DIFFER_BY_MS);
  let sentAt: number | undefined;
  const onSend = (): void => {
    const now = clock.now();
    if (deadline - now < CALL_NEEDS_MS) throw new LeaseEndsFirst();
    sentAt = now;
  };
  try {
    const request =
      account.mode === 'stable' ? stableRequest(account.appId, secret, force) : classicRequest(account.appId, secret);
    const limits = {
      firstByteTimeoutMs: ISSUE_DEADLINE_MS,
      deadline,
      maxAnswerBytes: MAX_ANSWER_BYTES,
      secondAttemptNeedsMs: CALL_NEEDS_MS,
      onSend,
    };
    const answer = await upstream.call(request, limits, 'never-after-sending');
    const receivedAt = clock.now();
    if (sentAt === undefined || receivedAt > deadline) return failed({ class: 'unavailable', cause: 'deadline' }, true);
    return judgeAnswer(answer, account, secret, { sentAt, receivedAt });
  } catch (error) {
    if (error instanceof UpstreamFailure) return failed({ class: 'unavailable', cause: error.kind }, error.sent);
    if (error instanceof LeaseEndsFirst) return failed({ class: 'unavailable', cause: 'lease-ended' }, false);
    throw error;
  }
}

/** Whether a failed issue was WeChat refusing the app secret: worth reading the secret again, once. */
export function isSecretRefusal(failure: RefreshFailure): boolean {
  return SECRET_REFUSED.has(failure.errcode);
}

function stableRequest(appId: string, secret: AppSecret, force: boolean): UpstreamRequest {
  const body = {
    grant_type: 'client_credential',
    appid: appId,
    secret: secret.value,
    ...(force && { force_refresh: true }),
  };
  return {
    method: 'POST',
    path: '/cgi-bin/stable_token',
    query: '',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(body)),
  };
}

function classicRequest(appId: string, secret: AppSecret): UpstreamRequest {
  const query = new URLSearchParams({ grant_type: 'client_credential', appid: appId, secret: secret.value });
  return { method: 'GET', path: '/cgi-bin/token', query: query.toString(), headers: {}, body: undefined };
}

function judgeAnswer(
  answer: UpstreamAnswer,
  account: IssueRequest['account'],
  secret: AppSecret,
  times: { readonly sentAt: number; readonly receivedAt: number },
): IssueOutcome {
  if (answer.status !== 200) return failed({ class: 'unavailable', cause: `status-${answer.status}` }, true);
  const peeked = peekErrcode(answer);
  // A system error may have come after the issue; every other errcode refuses it.
  if (peeked !== undefined && peeked.errcode !== 0) return failed(failureOf(peeked, secret), peeked.errcode === -1);
  const issued = issuedText(answer.body, 'access_token');
  if (issued === undefined) return failed({ class: 'unavailable', cause: 'odd-answer' }, true);
  const { value, lifeMs } = issued;
  const token = {
    value,
    fingerprint: fingerprintOf(value),
    mode: account.mode,
    ...times,
    expiresAt: times.sentAt + lifeMs,
  };
  return { kind: 'issued', token };
}

function failureOf(peeked: { errcode: number; errmsg?: string; rid?: string }, secret: AppSecret): RefreshFailure {
  return {
    class: classOf(peeked.errcode),
    cause: 'errcode',
    errcode: peeked.errcode,
    rid: peeked.rid,
    egressAddress: peeked.errmsg === undefined ? undefined : refusedAddress(peeked.errmsg),
    secretVersion: secret.version,
  };
}

function classOf(errcode: number): FailureClass {
  if (errcode === -1) return 'unavailable';
  return QUOTA_ERRCODES.has(errcode) ? 'quota' : 'rejected';
}

function failed(failure: RefreshFailure, sent: boolean): IssueOutcome {
  return { kind: 'failed', failure, sent };
}
