import type { AccessToken } from './access-token.ts';
import { CLOCKS_DIFFER_BY_MS } from './lease-rules.ts';

/** Which of two tokens to keep. */
export interface CommitOrder {
  readonly keep: 'ours' | 'stored';
  /** The two issues overlapped: which one WeChat took last is unknown. */
  readonly suspect: boolean;
}

/**
 * Decides between our token and the one that somebody else committed while we were issuing. Two stable tokens: the one that lives longer,
 * since both were handed out by the same sequence. Otherwise the one that was issued later, by intervals: an issue happened at WeChat at
 * some moment between sending and receiving.
 */
export function commitOrder(ours: AccessToken, stored: AccessToken): CommitOrder {
  if (ours.mode === 'stable' && stored.mode === 'stable') {
    return { keep: ours.expiresAt > stored.expiresAt ? 'ours' : 'stored', suspect: false };
  }
  if (ours.sentAt - stored.receivedAt >= CLOCKS_DIFFER_BY_MS) return { keep: 'ours', suspect: false };
  if (stored.sentAt - ours.receivedAt >= CLOCKS_DIFFER_BY_MS) return { keep: 'stored', suspect: false };
  return { keep: ours.receivedAt > stored.receivedAt ? 'ours' : 'stored', suspect: true };
}
