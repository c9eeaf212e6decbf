import type { ConditionalUpdate } from '../table/conditional-update.dynamodb.ts';
import { DUE_GROUP } from '../table/keys.ts';
import { quotaDay } from '../wechat/quota-day.ts';
import { FORCED_PER_DAY, FORCED_SPACING_MS, LEASE_DURATION_MS, OVERLAP_MS, PROVEN_FOR_MS } from './lease-rules.ts';
import { forcedAttribute, issuedAttribute } from './token-item.dynamodb.ts';
import type {
  AcquireRequest,
  CommitRequest,
  CountedIssue,
  ExtendRequest,
  FailRequest,
  KeepRequest,
  RefreshReason,
} from './token-store.ts';

const ACCOUNT_ENABLED = 'attribute_exists(pk) AND attribute_not_exists(disabledAt)';
/** Nobody's lease is live. A lease is not removed at its end: by then it may be someone else's. Its holder marks its own id as done. */
export const LEASE_FREE = '(attribute_not_exists(leaseEnd) OR leaseEnd <= :now OR leaseId = doneLeaseId)';
/** The lease with `:leaseId` is the latest one, and its holder has not ended it. */
export const LEASE_MINE = 'leaseId = :leaseId AND (attribute_not_exists(doneLeaseId) OR doneLeaseId <> :leaseId)';
/** The pause after the last failure is over. */
export const NOT_COOLING = '(attribute_not_exists(cooldownEnd) OR cooldownEnd <= :now)';
const VERSION_UNCHANGED = 'tokenVersion = :version';
const NOT_THIS_STEP = '(attribute_not_exists(leaseStep) OR leaseStep <> :leaseStep)';

const REASON_HOLDS: Readonly<Record<RefreshReason['kind'], readonly string[]>> = {
  due: ['nextDueAt <= :now'],
  missing: ['(attribute_not_exists(accessToken) OR expiresAt <= :now OR attribute_exists(refusedAt))'],
  refused: ['fingerprint = :refused AND (attribute_not_exists(provenAt) OR provenAt <= :provenBefore)'],
  operator: [],
  leaked: [],
};

/** Takes the lease: every clause of {@link TokenStore.acquire} in one condition. */
export function acquireUpdate(request: AcquireRequest): ConditionalUpdate {
  const { now, leaseId, holder, reason, version, count } = request;
  const counted = count === undefined ? undefined : countClauses(count, now);
  return {
    when: [
      ACCOUNT_ENABLED,
      LEASE_FREE,
      ...(request.ignoreCooldown ? [] : [NOT_COOLING]),
      VERSION_UNCHANGED,
      ...REASON_HOLDS[reason.kind],
      ...(counted?.when ?? []),
    ],
    set: {
      leaseId,
      leaseHolder: holder,
      leaseEnd: now + LEASE_DURATION_MS,
      suspectAt: request.suspectAt,
      ...counted?.set,
    },
    ...(counted && { remove: counted.remove, add: counted.add }),
    values: {
      ':now': now,
      ':version': version,
      ...(reason.kind === 'refused' && { ':refused': reason.fingerprint, ':provenBefore': now - PROVEN_FOR_MS }),
      ...counted?.values,
    },
    happened: (item) => item['leaseId']?.S === leaseId,
  };
}

/** Prolongs the own lease; `leaseStep` is a fresh id by which a retried write knows itself. */
export function extendUpdate(
  { leaseId, version, count, refused, now }: ExtendRequest,
  leaseStep: string,
): ConditionalUpdate {
  const counted = count === undefined ? undefined : countClauses(count, now);
  return {
    when: [LEASE_MINE, VERSION_UNCHANGED, NOT_THIS_STEP, ...(counted?.when ?? [])],
    set: {
      leaseEnd: now + LEASE_DURATION_MS,
      leaseStep,
      refusedAt: refused === undefined ? undefined : now,
      nextDueAt: refused?.nextDueAt,
      ...counted?.set,
    },
    ...(counted && { remove: counted.remove, add: counted.add }),
    values: { ':leaseId': leaseId, ':version': version, ...counted?.values },
    happened: (item) => item['leaseStep']?.S === leaseStep,
  };
}

function countClauses({ cap, forced, forcedCap = FORCED_PER_DAY }: CountedIssue, now: number) {
  const today = quotaDay(now);
  // Yesterday's counter stays for a holder whose clock is behind; two days back nobody counts any more.
  const outdated = quotaDay(now, -2);
  const issued = issuedAttribute(today);
  const forcedToday = forcedAttribute(today);
  return {
    when: [
      `(attribute_not_exists(${issued}) OR ${issued} < :cap)`,
      ...(forced
        ? [
            `(attribute_not_exists(${forcedToday}) OR ${forcedToday} < :forcedCap)`,
            '(attribute_not_exists(lastForcedAt) OR lastForcedAt <= :forcedBefore)',
          ]
        : []),
    ],
    set: { lastForcedAt: forced ? now : undefined },
    remove: [issuedAttribute(outdated), ...(forced ? [forcedAttribute(outdated)] : [])],
    add: { [issued]: 1, ...(forced && { [forcedToday]: 1 }) },
    values: { ':cap': cap, ...(forced && { ':forcedCap': forcedCap, ':forcedBefore': now - FORCED_SPACING_MS }) },
  };
}

const NO_LONGER_TRUE_AFTER_COMMIT = ['cooldownEnd', 'refusedAt', 'provenAt'];

/** Stores a token if nothing was committed since `version`. */
export function commitUpdate({
  leaseId,
  version,
  token,
  stored,
  suspect,
  nextDueAt,
}: CommitRequest): ConditionalUpdate {
  const sameAgain = stored?.fingerprint === token.fingerprint;
  const replaces = stored !== undefined && !sameAgain;
  // Whoever has taken the lease meanwhile may have asked WeChat later, which ends a classic token.
  const needsLease = token.mode === 'classic' && !suspect;
  return {
    // A late answer must not bring back the very token that a probe has seen refused meanwhile.
    when: [
      'attribute_exists(pk)',
      VERSION_UNCHANGED,
      ...(sameAgain ? ['attribute_not_exists(refusedAt)'] : []),
      ...(needsLease ? ['leaseId = :leaseId'] : []),
    ],
    set: {
      accessToken: token.value,
      fingerprint: token.fingerprint,
      tokenMode: token.mode,
      sentAt: token.sentAt,
      receivedAt: Math.max(token.receivedAt, (stored?.receivedAt ?? 0) + 1),
      expiresAt: token.expiresAt,
      tokenVersion: version + 1,
      doneLeaseId: leaseId,
      failureCount: 0,
      nextDueAt,
      suspectAt: suspect ? token.receivedAt : undefined,
      previousFingerprint: replaces ? stored.fingerprint : undefined,
      previousWorksUntil: replaces ? Math.min(stored.expiresAt, token.receivedAt + OVERLAP_MS) : undefined,
    },
    remove: [...NO_LONGER_TRUE_AFTER_COMMIT, ...(suspect ? [] : ['suspectAt'])],
    values: { ':version': version, ...(needsLease && { ':leaseId': leaseId }) },
    happened: (item) => item['doneLeaseId']?.S === leaseId && item['fingerprint']?.S === token.fingerprint,
  };
}

/** Ends the own lease with a failure. */
export function failUpdate({ leaseId, failure, count, cooldownEnd, suspect, now }: FailRequest): ConditionalUpdate {
  const texts = {
    failureErrcode: failure.errcode,
    failureRid: failure.rid,
    failureEgressAddress: failure.egressAddress,
    failureSecretVersion: failure.secretVersion,
  };
  return {
    when: [LEASE_MINE],
    set: {
      ...texts,
      failureClass: failure.class,
      failureCause: failure.cause,
      failureAt: now,
      failureCount: count,
      cooldownEnd,
      doneLeaseId: leaseId,
      suspectAt: suspect?.at,
      nextDueAt: suspect?.nextDueAt,
    },
    // What the failure before left behind must not be read as part of this one.
    remove: Object.entries(texts).flatMap(([attribute, value]) => (value === undefined ? [attribute] : [])),
    values: { ':leaseId': leaseId },
    happened: (item) => item['doneLeaseId']?.S === leaseId,
  };
}

/** Ends the own lease with a token that was found to work. */
export function keepUpdate({ leaseId, version, settled, nextDueAt, now }: KeepRequest): ConditionalUpdate {
  return {
    when: [LEASE_MINE, VERSION_UNCHANGED],
    set: { provenAt: now, doneLeaseId: leaseId, nextDueAt },
    remove: settled ? ['suspectAt'] : [],
    values: { ':leaseId': leaseId, ':version': version },
    happened: (item) => item['doneLeaseId']?.S === leaseId,
  };
}

/** Ends the own lease and nothing else. */
export function endOfLease(leaseId: string): ConditionalUpdate {
  return {
    when: [LEASE_MINE],
    set: { doneLeaseId: leaseId },
    values: { ':leaseId': leaseId },
    happened: (item) => item['doneLeaseId']?.S === leaseId,
  };
}

/** Starts the state of a new account. */
export function addUpdate(now: number): ConditionalUpdate {
  return {
    when: ['attribute_not_exists(pk)'],
    set: { tokenVersion: 0, nextDueAt: now, dueGroup: DUE_GROUP },
    happened: () => false,
  };
}
