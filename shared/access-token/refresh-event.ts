import { isAppId } from '../account/account.ts';
import type { RefreshReason } from './token-store.ts';

/**
 * What `refresh-access-token` is invoked with: the schedule sends `{}`, a proxy the account and, if one was refused, the token's fingerprint,
 * an operator the account and what is wanted, or a look at it or at WeChat's hosts.
 */
export type RefreshEvent =
  | { readonly kind: 'tick' }
  | { readonly kind: 'operator'; readonly appId: string; readonly reason: RefreshReason }
  | { readonly kind: 'examine-account'; readonly appId: string }
  | { readonly kind: 'examine-upstream' }
  | { readonly kind: 'heal'; readonly appId: string; readonly reason: RefreshReason };

interface FieldsOfEvent {
  readonly appId?: unknown;
  readonly refusedFingerprint?: unknown;
  readonly operatorRequest?: unknown;
}

/** The event is none of ours. Says what it lacks and repeats nothing of it. */
export class MalformedRefreshEvent extends TypeError {
  override readonly name = 'MalformedRefreshEvent';
}

/** The event that asks for one account's token, as {@link parseRefreshEvent} reads it. */
export function healEvent(appId: string, refusedFingerprint: string | undefined): Record<string, string> {
  return refusedFingerprint === undefined ? { appId } : { appId, refusedFingerprint };
}

/** What an operator may ask for: an ordinary issue, or one that makes WeChat drop a leaked token. */
export const OPERATOR_REQUESTS = ['operator', 'leaked'] as const;

/** See {@link OPERATOR_REQUESTS}. */
export type OperatorRequest = (typeof OPERATOR_REQUESTS)[number];

/** The event of an operator, as {@link parseRefreshEvent} reads it. */
export function operatorEvent(appId: string, operatorRequest: OperatorRequest): Record<string, string> {
  return { appId, operatorRequest };
}

/** The request of an operator who wants nothing changed. */
const EXAMINE = 'examine';

/** The event that asks for a look at one account, or without one at WeChat's hosts, as {@link parseRefreshEvent} reads it. */
export function examineEvent(appId: string | undefined): Record<string, string> {
  return appId === undefined ? { operatorRequest: EXAMINE } : { appId, operatorRequest: EXAMINE };
}

/** @throws {MalformedRefreshEvent} for anything but `{}`, `{appId, refusedFingerprint?}`, `{appId, operatorRequest}` and `{operatorRequest: "examine"}` */
export function parseRefreshEvent(event: unknown): RefreshEvent {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    throw new MalformedRefreshEvent('The event must be an object: {} for a tick, {"appId": "wx..."} for one account.');
  }
  const { appId, refusedFingerprint, operatorRequest, ...others }: FieldsOfEvent = event;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw new MalformedRefreshEvent(`The event has an unknown field "${unknown.slice(0, 32)}".`);
  if (appId === undefined && refusedFingerprint === undefined && operatorRequest === undefined) return { kind: 'tick' };
  const isExamination = operatorRequest === EXAMINE && refusedFingerprint === undefined;
  if (isExamination && appId === undefined) return { kind: 'examine-upstream' };
  if (typeof appId !== 'string' || !isAppId(appId))
    throw new MalformedRefreshEvent('The field appId must be an app ID.');
  if (isExamination) return { kind: 'examine-account', appId };
  if (operatorRequest !== undefined) return parseOperatorEvent(appId, operatorRequest, refusedFingerprint);
  if (refusedFingerprint === undefined) return { kind: 'heal', appId, reason: { kind: 'missing' } };
  if (typeof refusedFingerprint !== 'string' || !/^[0-9a-f]{16}$/.test(refusedFingerprint)) {
    throw new MalformedRefreshEvent('The field refusedFingerprint must be 16 hex digits.');
  }
  return { kind: 'heal', appId, reason: { kind: 'refused', fingerprint: refusedFingerprint } };
}

function parseOperatorEvent(appId: string, operatorRequest: unknown, refusedFingerprint: unknown): RefreshEvent {
  const kind = OPERATOR_REQUESTS.find((known) => known === operatorRequest);
  if (kind === undefined || refusedFingerprint !== undefined) {
    throw new MalformedRefreshEvent(
      'The field operatorRequest must be "operator", "leaked" or "examine", and stands beside appId only.',
    );
  }
  return { kind: 'operator', appId, reason: { kind } };
}
