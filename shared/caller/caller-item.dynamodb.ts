import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { CallerShare } from '../quota/quota-rule.ts';
import { callerKey } from '../table/keys.ts';
import { isBase62 } from './base62.ts';
import { type Caller, type CallerKeyRecord, type CallerLimits, type Grant, PERMISSIONS } from './caller.ts';
import { MalformedCaller } from './caller-store.ts';
import { categoryOfEntry } from './grant.ts';
import { isRoleId, type RoleRecord } from './role.ts';
import { isSealingKey } from './user-token.ts';

type Attributes = Readonly<Record<string, AttributeValue>>;

const ALLOW_PATTERN = /^\/[A-Za-z0-9_/.*-]*$/;

const anything = (): boolean => true;
const isLimit = (number: string): boolean => Number.isSafeInteger(Number(number)) && Number(number) >= 1;

/** The item of a caller, key included. */
export function callerItem(caller: Caller): Record<string, AttributeValue> {
  const { pk, sk } = callerKey(caller.id);
  return {
    pk: { S: pk },
    sk: { S: sk },
    callerName: { S: caller.name },
    disabled: { BOOL: caller.disabled },
    callerKeys: { L: caller.keys.map((key) => ({ M: keyAttributes(key) })) },
    sealingKey: { S: caller.sealingKey },
    ...(caller.roles !== undefined && { roles: { L: caller.roles.map((role) => ({ M: roleAttributes(role) })) } }),
    grants: { L: caller.grants.map((grant) => ({ M: grantAttributes(grant) })) },
    ...(caller.limits !== undefined && { limits: { M: limitAttributes(caller.limits) } }),
    ...(caller.shares !== undefined && {
      shares: { L: caller.shares.map((share) => ({ M: shareAttributes(share) })) },
    }),
  };
}

/**
 * The caller in an item. Attributes that it does not know are ignored.
 * @throws {MalformedCaller} for the first attribute that is missing or not what it must be
 */
export function readCaller(callerId: string, item: Attributes): Caller {
  const check: Check = (value, valid, attribute, wanted) => {
    if (value === undefined || !valid(value)) throw new MalformedCaller(callerId, attribute, wanted);
    return value;
  };
  return {
    id: check(callerId, (id) => isBase62(id, 8), 'the id', '8 letters and digits'),
    name: check(item['callerName']?.S, anything, 'callerName', 'a text'),
    disabled: check(item['disabled']?.BOOL, anything, 'disabled', 'a boolean'),
    keys: check(item['callerKeys']?.L, anything, 'callerKeys', 'a list').map((key) =>
      readKey(key.M ?? {}, callerId, check),
    ),
    sealingKey: check(item['sealingKey']?.S, isSealingKey, 'sealingKey', '64 hex digits'),
    grants: check(item['grants']?.L, anything, 'grants', 'a list').map((grant) => readGrant(grant.M ?? {}, check)),
    ...(item['roles'] !== undefined && {
      roles: check(item['roles'].L, anything, 'roles', 'a list').map((role) => readRole(role.M ?? {}, check)),
    }),
    ...(item['limits'] !== undefined && {
      limits: readLimits(check(item['limits'].M, anything, 'limits', 'a map'), check),
    }),
    ...(item['shares'] !== undefined && {
      shares: check(item['shares'].L, anything, 'shares', 'a list').map((share) => readShare(share.M ?? {}, check)),
    }),
  };
}

type Check = <Value>(
  value: Value | undefined,
  valid: (value: Value) => boolean,
  attribute: string,
  wanted: string,
) => Value;

function readKey(key: Attributes, callerId: string, check: Check): CallerKeyRecord {
  const ownKeyId = (id: string) => isBase62(id, 12) && id.startsWith(callerId);
  const record: CallerKeyRecord = {
    keyId: check(
      key['keyId']?.S,
      ownKeyId,
      'callerKeys.keyId',
      "12 letters and digits that begin with the caller's id",
    ),
    verifier: check(key['verifier']?.S, (hex) => /^[0-9a-f]{64}$/.test(hex), 'callerKeys.verifier', '64 hex digits'),
    createdAt: readTime(key['createdAt'], 'callerKeys.createdAt', check),
  };
  if (key['retiredAt'] === undefined) return record;
  return { ...record, retiredAt: readTime(key['retiredAt'], 'callerKeys.retiredAt', check) };
}

function readRole(role: Attributes, check: Check): RoleRecord {
  return {
    roleId: check(role['roleId']?.S, isRoleId, 'roles.roleId', "an IAM role's unique id"),
    addedAt: readTime(role['addedAt'], 'roles.addedAt', check),
  };
}

function readGrant(grant: Attributes, check: Check): Grant {
  const allow = check(grant['allow']?.L, anything, 'grants.allow', 'a list');
  return {
    appId: check(grant['appId']?.S, (appId) => appId !== '', 'grants.appId', 'an app ID'),
    allow: allow.map((entry) =>
      check(entry.S, isAllowEntry, 'grants.allow', `path patterns, category:<name> or ${PERMISSIONS.join(', ')}`),
    ),
  };
}

function isAllowEntry(text: string): boolean {
  const isPermission = PERMISSIONS.some((permission) => permission === text);
  return isPermission || ALLOW_PATTERN.test(text) || categoryOfEntry(text) !== undefined;
}

function readLimits({ perMinute, perDay }: Attributes, check: Check): CallerLimits {
  const read = (attribute: AttributeValue, name: string) =>
    Number(check(attribute.N, isLimit, `limits.${name}`, 'a whole number from 1'));
  return {
    ...(perMinute !== undefined && { perMinute: read(perMinute, 'perMinute') }),
    ...(perDay !== undefined && { perDay: read(perDay, 'perDay') }),
  };
}

function readShare({ appId, endpoint, calls }: Attributes, check: Check): CallerShare {
  return {
    appId: check(appId?.S, (text) => text !== '', 'shares.appId', 'an app ID'),
    endpoint: check(endpoint?.S, (text) => text.startsWith('/'), 'shares.endpoint', 'a path'),
    calls: Number(check(calls?.N, isLimit, 'shares.calls', 'a whole number from 1')),
  };
}

function readTime(attribute: AttributeValue | undefined, name: string, check: Check): number {
  const text = check(attribute?.N, (number) => Number.isSafeInteger(Number(number)), name, 'epoch milliseconds');
  return Number(text);
}

function keyAttributes({ keyId, verifier, createdAt, retiredAt }: CallerKeyRecord): Record<string, AttributeValue> {
  const retired = retiredAt === undefined ? {} : { retiredAt: { N: String(retiredAt) } };
  return { keyId: { S: keyId }, verifier: { S: verifier }, createdAt: { N: String(createdAt) }, ...retired };
}

function roleAttributes({ roleId, addedAt }: RoleRecord): Record<string, AttributeValue> {
  return { roleId: { S: roleId }, addedAt: { N: String(addedAt) } };
}

function grantAttributes({ appId, allow }: Grant): Record<string, AttributeValue> {
  return { appId: { S: appId }, allow: { L: allow.map((entry) => ({ S: entry })) } };
}

function limitAttributes({ perMinute, perDay }: CallerLimits): Record<string, AttributeValue> {
  return {
    ...(perMinute !== undefined && { perMinute: { N: String(perMinute) } }),
    ...(perDay !== undefined && { perDay: { N: String(perDay) } }),
  };
}

function shareAttributes({ appId, endpoint, calls }: CallerShare): Record<string, AttributeValue> {
  return { appId: { S: appId }, endpoint: { S: endpoint }, calls: { N: String(calls) } };
}
