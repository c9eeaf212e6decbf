import { isAppId } from '../account/account.ts';
import type { RefreshReason } from './token-store.ts';

/** What `refresh-access-token` is invoked with: the schedule sends `{}`, a proxy the account and, if one was refused, the token's fingerprint. */
export type RefreshEvent =
  | { readonly kind: 'tick' }
  | { readonly kind: 'heal'; readonly appId: string; readonly reason: RefreshReason };

/** The event is none of ours. Says what it lacks and repeats nothing of it. */
export class MalformedRefreshEvent extends TypeError {
  override readonly name = 'MalformedRefreshEvent';
}

/** The event that asks for one account's token, as {@link parseRefreshEvent} reads it. */
export function healEvent(appId: string, refusedFingerprint: string | undefined): Record<string, string> {
  return refusedFingerprint === undefined ? { appId } : { appId, refusedFingerprint };
}

/** @throws {MalformedRefreshEvent} for anything but `{}` and `{appId, refusedFingerprint?}` */
export function parseRefreshEvent(event: unknown): RefreshEvent {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    throw new MalformedRefreshEvent('The event must be an object: {} for a tick, {"appId": "wx..."} for one account.');
  }
  const { appId, refusedFingerprint, ...others }: { appId?: unknown; refusedFingerprint?: unknown } = event;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw new MalformedRefreshEvent(`The event has an unknown field "${unknown.slice(0, 32)}".`);
  if (appId === undefined && refusedFingerprint === undefined) return { kind: 'tick' };
  if (typeof appId !== 'string' || !isAppId(appId))
    throw new MalformedRefreshEvent('The field appId must be an app ID.');
  if (refusedFingerprint === undefined) return { kind: 'heal', appId, reason: { kind: 'missing' } };
  if (typeof refusedFingerprint !== 'string' || !/^[0-9a-f]{16}$/.test(refusedFingerprint)) {
    throw new MalformedRefreshEvent('The field refusedFingerprint must be 16 hex digits.');
  }
  return { kind: 'heal', appId, reason: { kind: 'refused', fingerprint: refusedFingerprint } };
}
