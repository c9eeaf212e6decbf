/** The only place where keys of the one table are built. Every kind of item has its own partition-key prefix, so that a role can be held to it. */
export const KEY_PREFIX = {
  account: 'ACCOUNT#',
  token: 'TOKEN#',
  caller: 'CALLER#',
  role: 'ROLE#',
  heal: 'HEAL#',
  ticket: 'TICKET#',
  usage: 'USAGE#',
  serverIps: 'IPS#',
} as const;

/** The sort key of items of which there is one per partition key. */
export const CURRENT = 'CURRENT';

/** The value of the index's partition key on every token item that can be due. */
export const DUE_GROUP = 'due';

/** A primary key of the table. */
export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

/** The operator's data about an account. */
export const accountKey = (appId: string): ItemKey => ({ pk: `${KEY_PREFIX.account}${appId}`, sk: CURRENT });
/** The state of an account's access token. */
export const tokenKey = (appId: string): ItemKey => ({ pk: `${KEY_PREFIX.token}${appId}`, sk: CURRENT });
/** A caller with its verifiers and grants. */
export const callerKey = (callerId: string): ItemKey => ({ pk: `${KEY_PREFIX.caller}${callerId}`, sk: CURRENT });
/** Whose calls an IAM role signs. */
export const roleKey = (roleId: string): ItemKey => ({ pk: `${KEY_PREFIX.role}${roleId}`, sk: CURRENT });
/** The marker of an account's latest heal. */
export const healKey = (appId: string): ItemKey => ({ pk: `${KEY_PREFIX.heal}${appId}`, sk: CURRENT });
/** The calls of a caller that are reserved in one window of its limits. */
export const limitKey = (callerId: string, windowId: string): ItemKey => ({
  pk: `${KEY_PREFIX.usage}${callerId}`,
  sk: windowId,
});
/** When each key of a caller was last used. */
export const keyUseKey = (callerId: string): ItemKey => ({ pk: `${KEY_PREFIX.usage}${callerId}`, sk: 'KEYS' });
/** The clears that an account has used up of a month's allowance, `yyyymm` in UTC+8: of all quotas, or of one endpoint's at a time. */
export const clearQuotaKey = (appId: string, kind: 'all' | 'endpoint', month: string): ItemKey => ({
  pk: `${KEY_PREFIX.usage}${appId}`,
  sk: kind === 'all' ? `CLEAR#${month}` : `CLEAR-ENDPOINT#${month}`,
});
/** What one environment has counted of an account's calls in a day, `YYYYMMDD` in UTC+8. */
export const countsKey = (appId: string, day: string, environment: string): ItemKey => {
  const { pk, sk } = countsOfDay(appId, day);
  return { pk, sk: sk + environment };
};
/** What the keys of all environments' counts of a day begin with. */
export const countsOfDay = (appId: string, day: string): ItemKey => ({
  pk: `${KEY_PREFIX.usage}${appId}`,
  sk: `COUNTS#${day}#`,
});
/** The sum of an account's counts of a day that is over. */
export const usageSumKey = (appId: string, day: string): ItemKey => ({
  pk: `${KEY_PREFIX.usage}${appId}`,
  sk: `SUM#${day}`,
});
/** What WeChat has said of an account's quotas, and when they were cleared. */
export const learntQuotasKey = (appId: string): ItemKey => ({ pk: `${KEY_PREFIX.usage}${appId}`, sk: 'QUOTAS' });
/** The state of an account's JS-SDK ticket of one type. */
export const ticketKey = (appId: string, type: string): ItemKey => ({ pk: `${KEY_PREFIX.ticket}${appId}`, sk: type });

/** One of WeChat's IP lists: what is applied, and what waits. */
export const serverIpsKey = (list: string): ItemKey => ({ pk: `${KEY_PREFIX.serverIps}${list}`, sk: CURRENT });
/** What the sort keys of a list's history begin with. */
export const SERVER_IPS_VERSION = 'VERSION#';
/** One version in the history of a list; the sort keys ascend with the versions. */
export const serverIpsVersionKey = (list: string, version: number): ItemKey => ({
  pk: `${KEY_PREFIX.serverIps}${list}`,
  sk: `${SERVER_IPS_VERSION}${String(version).padStart(8, '0')}`,
});

/** The app ID in the partition key of a token item. */
export const appIdOfTokenKey = (pk: string): string => pk.slice(KEY_PREFIX.token.length);
