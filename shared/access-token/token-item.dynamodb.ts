import {
  type Item,
  malformed,
  numberOf,
  optionalNumberOf,
  optionalTextOf,
  textOf,
} from '../table/attributes.dynamodb.ts';
import { appIdOfTokenKey } from '../table/keys.ts';
import type { AccessToken, TokenMode } from './access-token.ts';
import type { FailureClass, RecordedFailure } from './failure.ts';
import type { Lease, TokenState } from './token-state.ts';

const ISSUED_ATTRIBUTE = /^issued(\d{8})$/;

/** The counter of a quota day: a day of its own per attribute, so that the rollover needs no second write. */
export const issuedAttribute = (day: string): string => `issued${day}`;
/** The counter of a quota day's forced issues. */
export const forcedAttribute = (day: string): string => `forced${day}`;

/** @throws {MalformedItem} when the item is not what our own writes leave behind */
export function tokenStateOf(item: Item): TokenState {
  return {
    appId: appIdOfTokenKey(textOf(item, 'pk')),
    disabled: item['disabledAt'] !== undefined,
    token: item['accessToken'] === undefined ? undefined : accessTokenOf(item),
    previous: item['previousFingerprint'] === undefined ? undefined : previousOf(item),
    version: numberOf(item, 'tokenVersion'),
    lease: leaseOf(item),
    cooldownEnd: optionalNumberOf(item, 'cooldownEnd') ?? 0,
    failure: item['failureClass'] === undefined ? undefined : failureOf(item),
    suspectAt: optionalNumberOf(item, 'suspectAt'),
    refusedAt: optionalNumberOf(item, 'refusedAt'),
    provenAt: optionalNumberOf(item, 'provenAt'),
    nextDueAt: numberOf(item, 'nextDueAt'),
    issued: issuedOf(item),
    lastForcedAt: optionalNumberOf(item, 'lastForcedAt'),
  };
}

function accessTokenOf(item: Item): AccessToken {
  return {
    value: textOf(item, 'accessToken'),
    fingerprint: textOf(item, 'fingerprint'),
    mode: oneOf<TokenMode>(item, 'tokenMode', ['stable', 'classic']),
    sentAt: numberOf(item, 'sentAt'),
    receivedAt: numberOf(item, 'receivedAt'),
    expiresAt: numberOf(item, 'expiresAt'),
  };
}

function previousOf(item: Item): TokenState['previous'] {
  return { fingerprint: textOf(item, 'previousFingerprint'), worksUntil: numberOf(item, 'previousWorksUntil') };
}

function leaseOf(item: Item): Lease | undefined {
  const id = optionalTextOf(item, 'leaseId');
  if (id === undefined || id === optionalTextOf(item, 'doneLeaseId')) return undefined;
  return { id, holder: textOf(item, 'leaseHolder'), end: numberOf(item, 'leaseEnd') };
}

function failureOf(item: Item): RecordedFailure {
  return {
    class: oneOf<FailureClass>(item, 'failureClass', ['unavailable', 'quota', 'rejected']),
    cause: textOf(item, 'failureCause'),
    errcode: optionalNumberOf(item, 'failureErrcode'),
    rid: optionalTextOf(item, 'failureRid'),
    egressAddress: optionalTextOf(item, 'failureEgressAddress'),
    secretVersion: optionalTextOf(item, 'failureSecretVersion'),
    at: numberOf(item, 'failureAt'),
    count: numberOf(item, 'failureCount'),
  };
}

function issuedOf(item: Item): Record<string, number> {
  const days = Object.keys(item).flatMap((attribute) => ISSUED_ATTRIBUTE.exec(attribute)?.[1] ?? []);
  return Object.fromEntries(days.map((day) => [day, numberOf(item, issuedAttribute(day))]));
}

function oneOf<Value extends string>(item: Item, attribute: string, values: readonly Value[]): Value {
  const text = textOf(item, attribute);
  const value = values.find((candidate) => candidate === text);
  if (value === undefined) throw malformed(item, attribute);
  return value;
}
