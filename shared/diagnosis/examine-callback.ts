import type { AccessToken } from '../access-token/access-token.ts';
import type { Clock } from '../clock.ts';
import type { Upstream } from '../wechat/upstream.ts';
import { callWithToken } from './call-with-token.ts';
import type { CallbackExamination } from './examination.ts';

const NOT_CONFIGURED = 40201;
/** WeChat resolves and pings the URL's host before it answers. */
const DEADLINE_MS = 10_000;

/** Has WeChat try the account's callback URL from its own network (doc/service/api/base/api_callbackcheck). */
export async function examineCallback(
  dependencies: { readonly upstream: Upstream; readonly clock: Clock },
  token: AccessToken,
): Promise<CallbackExamination> {
  const answer = await callWithToken(dependencies, token, {
    path: '/cgi-bin/callback/check',
    body: { action: 'all', check_operator: 'DEFAULT' },
    deadlineMs: DEADLINE_MS,
  });
  if (answer === undefined) return { kind: 'unknown' };
  const { errcode } = answer.said;
  if (errcode === NOT_CONFIGURED) return { kind: 'not-configured' };
  if (errcode !== 0) return { kind: 'refused', errcode };
  const { dns, ping }: { dns?: unknown; ping?: unknown } = Object(answer.content);
  const lost = entriesOf(ping).filter(({ package_loss: loss }) => typeof loss === 'string' && loss.trim() !== '0%');
  if (entriesOf(dns).length > 0 && lost.length === 0) return { kind: 'reachable' };
  return { kind: 'unreachable', addresses: lost.flatMap(({ ip }) => (typeof ip === 'string' ? [ip] : [])) };
}

function entriesOf(list: unknown): readonly { readonly ip?: unknown; readonly package_loss?: unknown }[] {
  return Array.isArray(list) ? list.map((entry: unknown) => Object(entry)) : [];
}
