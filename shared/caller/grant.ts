import { comparablePath, isClearQuota, isRidGet } from '../api-call/path.ts';
import { type Category, endpointOf, isCategory } from '../wechat/endpoints.ts';
import type { Caller, Permission } from './caller.ts';

const CATEGORY_PREFIX = 'category:';

/**
 * Whether the caller may call this path for this account. Paths compare lower-cased and without trailing slashes. The look-up of other
 * requests by rid takes the permission `rid:read` and clearing quotas `quota:clear`, alone sufficient and never implied by a pattern or a
 * category.
 */
export function grantsPath(caller: Caller, appId: string, path: string): boolean {
  if (isRidGet(path)) return grantsPermission(caller, appId, 'rid:read');
  if (isClearQuota(path)) return grantsPermission(caller, appId, 'quota:clear');
  const comparable = comparablePath(path);
  return allows(caller, appId, (entry) =>
    entry.startsWith('/') ? matchesPattern(comparablePath(entry), comparable) : coversPath(entry, path),
  );
}

/** The category that an entry of a grant names, as in `category:menus`; `undefined` when it names none that there is. */
export function categoryOfEntry(entry: string): Category | undefined {
  const name = entry.startsWith(CATEGORY_PREFIX) ? entry.slice(CATEGORY_PREFIX.length) : '';
  return isCategory(name) ? name : undefined;
}

/** Whether the caller has this named permission for this account. */
export function grantsPermission(caller: Pick<Caller, 'grants'>, appId: string, permission: Permission): boolean {
  return allows(caller, appId, (entry) => entry === permission);
}

/** The app IDs that the caller's grants name, each once, in the order of the grants. */
export function grantedAccounts(caller: Caller): readonly string[] {
  return [...new Set(caller.grants.map(({ appId }) => appId))];
}

function allows(caller: Pick<Caller, 'grants'>, appId: string, isMet: (entry: string) => boolean): boolean {
  return caller.grants.some((grant) => grant.appId === appId && grant.allow.some(isMet));
}

function coversPath(entry: string, path: string): boolean {
  const category = categoryOfEntry(entry);
  return category !== undefined && endpointOf(path)?.category === category;
}

/** One pass from left to right without backtracking: each text between two `*` may be taken where it first occurs. */
function matchesPattern(pattern: string, path: string): boolean {
  const [head = '', ...rest] = pattern.split('*');
  const tail = rest.pop();
  if (tail === undefined) return path === head;
  if (!path.startsWith(head)) return false;
  let from = head.length;
  for (const part of rest) {
    const found = path.indexOf(part, from);
    if (found === -1) return false;
    from = found + part.length;
  }
  return path.length - from >= tail.length && path.endsWith(tail);
}
