import type { Caller, CallerKeyRecord, CallerLimits } from '#shared/caller/caller.ts';
import { fieldsText, tableText, timeText } from './text-layout.ts';

/** The hours in which keys were last used, epoch milliseconds by key id. */
type LastUsed = ReadonlyMap<string, number>;

/** A caller for programs: no verifier and no sealing key, which are as good as the secrets that they stand for. */
export function callerJson(
  { id, name, disabled, limits, keys, roles = [], grants, shares = [] }: Caller,
  lastUsed?: LastUsed,
) {
  return {
    callerId: id,
    name,
    disabled,
    limits: { ...limits },
    keys: keys.map((key) => keyJson(key, lastUsed)),
    roles: roles.map(({ roleId, addedAt }) => ({
      roleId,
      addedAt: isoTime(addedAt),
      ...(lastUsed && { lastUsedHour: isoTime(lastUsed.get(roleId)) }),
    })),
    grants,
    shares,
  };
}

/** A caller in full, for people. */
export function callerText(caller: Caller, lastUsed: LastUsed): string {
  const { id, name, disabled, limits, grants, shares = [], keys, roles = [] } = caller;
  const fields = fieldsText([
    ['caller', id],
    ['name', name],
    ['state', disabled ? 'disabled' : 'enabled'],
    ['limits', limitsText(limits)],
    ...grants.map(({ appId, allow }) => ['grant', `${appId}: ${allow.join(' ')}`] as const),
    ...shares.map(({ appId, endpoint, calls }) => ['share', `${appId} ${endpoint}: ${calls} a day`] as const),
    ...roles.map(
      ({ roleId }) => ['role', `${roleId}, last used in the hour from: ${hourText(lastUsed.get(roleId))}`] as const,
    ),
    ...(grants.length === 0 ? [['grant', 'none: it may call nothing'] as const] : []),
  ]);
  return `${fields}\n\n${keysText(keys, lastUsed)}`;
}

/** The callers as a table. */
export function callersText(callers: readonly Caller[]): string {
  const rows = callers.map(({ id, name, disabled, keys, grants }) => [
    id,
    name,
    disabled ? 'disabled' : 'enabled',
    String(keys.filter(({ retiredAt }) => retiredAt === undefined).length),
    grants.map(({ appId }) => appId).join(' '),
  ]);
  const headings = ['CALLER', 'NAME', 'STATE', 'ACTIVE KEYS', 'ACCOUNTS'];
  return tableText(headings, rows, 'No caller has been added yet: "caller add" adds one.');
}

/** A caller's keys as a table. */
export function keysText(keys: readonly CallerKeyRecord[], lastUsed: LastUsed): string {
  const rows = keys.map(({ keyId, createdAt, retiredAt }) => [
    keyId,
    retiredAt === undefined ? 'active' : `retired ${timeText(retiredAt)}`,
    timeText(createdAt),
    hourText(lastUsed.get(keyId)),
  ]);
  const headings = ['KEY', 'STATE', 'CREATED', 'LAST USED IN THE HOUR FROM'];
  return tableText(headings, rows, 'The caller has no key: "caller key add" makes one.');
}

/** A caller key for programs; without `lastUsed` nobody looked. */
export function keyJson({ keyId, createdAt, retiredAt }: CallerKeyRecord, lastUsed?: LastUsed) {
  return {
    keyId,
    createdAt: isoTime(createdAt),
    retiredAt: isoTime(retiredAt),
    ...(lastUsed && { lastUsedHour: isoTime(lastUsed.get(keyId)) }),
  };
}

function limitsText({ perMinute, perDay }: CallerLimits = {}): string {
  const texts = [perMinute !== undefined && `${perMinute} a minute`, perDay !== undefined && `${perDay} a day`];
  return texts.filter((text) => text !== false).join(', ') || 'none';
}

function hourText(epochMs: number | undefined): string {
  return epochMs === undefined ? 'never' : timeText(epochMs);
}

function isoTime(epochMs: number | undefined): string | null {
  return epochMs === undefined ? null : new Date(epochMs).toISOString();
}
