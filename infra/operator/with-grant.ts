import type { Caller } from '#shared/caller/caller.ts';

/** The caller with other entries for one account, each once; without any, the grant for that account is gone. */
export function withGrant(
  caller: Caller,
  appId: string,
  change: (allow: readonly string[]) => readonly string[],
): Caller {
  const had = caller.grants.filter((grant) => grant.appId === appId).flatMap(({ allow }) => allow);
  const allow = [...new Set(change(had))];
  const others = caller.grants.filter((grant) => grant.appId !== appId);
  return { ...caller, grants: allow.length === 0 ? others : [...others, { appId, allow }] };
}
