import { comparablePath } from '../api-call/path.ts';

/** How often a day (UTC+8) an endpoint may be called, as WeChat documents it for accounts that have just begun. */
export interface DocumentedQuota {
  /** As WeChat spells it. */
  readonly path: string;
  /** Calls a day of a new service account. */
  readonly newAccount: number;
  /** Calls a day of a test account; `undefined` where a test account does not have the endpoint. */
  readonly testAccount: number | undefined;
  /** Path of the page on developers.weixin.qq.com. */
  readonly source: string;
}

/** The largest file that an endpoint takes. */
export interface DocumentedSizeLimit {
  readonly path: string;
  /** The `type` in the query; `undefined` where the endpoint takes one kind of file. */
  readonly type: 'image' | 'voice' | 'video' | 'thumb' | undefined;
  readonly bytes: number;
  /** What else the page asks of the file; empty for nothing. */
  readonly formats: string;
  readonly source: string;
}

/**
 * Quotas rise when an account passes so many followers. To what is not documented: `openapi/quota/get` tells an account's own figure
 * (doc/service/api/apimanage/api_getapiquota).
 */
export const QUOTAS_RISE_AT_FOLLOWERS = [100_000, 1_000_000, 10_000_000] as const;

const LIMITS_PAGE = 'doc/offiaccount/Message_Management/API_Call_Limits.html';
const STABLE_TOKEN_PAGE = 'doc/service/api/base/api_getstableaccesstoken';
const TEMPORARY_PAGE = 'doc/service/api/material/temporary/';
const PERMANENT_PAGE = 'doc/offiaccount/Asset_Management/Adding_Permanent_Assets.html';

// What the paths begin with, how they go on, calls of a new account, calls of a test account ("-" for none). The page's rows on groups are about
// user groups (`groups/*`), not about tags, for which it has no row: tags have no documented quota.
const TABLE = `
/cgi-bin/ token 2000 200
/cgi-bin/menu/ create 1000 100
/cgi-bin/menu/ get 10000 1000
/cgi-bin/menu/ delete 1000 100
/cgi-bin/groups/ create 1000 100
/cgi-bin/groups/ get 1000 100
/cgi-bin/groups/ update 1000 100
/cgi-bin/groups/ members/update 100000 1000
/cgi-bin/media/ upload 100000 500
/cgi-bin/media/ get 200000 1000
/cgi-bin/message/ custom/send 500000 50000
/cgi-bin/message/ mass/sendall 100 -
/cgi-bin/message/ mass/send 100 -
/cgi-bin/media/ uploadnews 10 -
/cgi-bin/message/ mass/delete 10 -
/cgi-bin/qrcode/ create 100000 10000
/cgi-bin/user/ get 500 100
/cgi-bin/user/ info 5000000 500000
/cgi-bin/user/ info/updateremark 10000 -
/cgi-bin/draft/ add 1000 -
/cgi-bin/draft/ get 500 -
/cgi-bin/draft/ delete 1000 -
/cgi-bin/draft/ update 1000 -
/cgi-bin/draft/ count 1000 -
/cgi-bin/draft/ batchget 1000 -
/cgi-bin/freepublish/ submit 100 -
/cgi-bin/freepublish/ get 100 -
/cgi-bin/freepublish/ delete 10 -
/cgi-bin/freepublish/ getarticle 100 -
/cgi-bin/freepublish/ batchget 100 -
`;

/** In normal mode; besides them 10,000 calls a minute, and 20 a day with `force_refresh`. A test account has no figure of its own here. */
const STABLE_TOKEN: DocumentedQuota = {
  path: '/cgi-bin/stable_token',
  newAccount: 500_000,
  testAccount: 500_000,
  source: STABLE_TOKEN_PAGE,
};

const MEGABYTE = 1024 * 1024;
// In another place the same page says 2 MB of images.
const FILES = [
  ['image', 10 * MEGABYTE, ''],
  ['voice', 2 * MEGABYTE, 'AMR or MP3, 60 s at most'],
  ['video', 10 * MEGABYTE, 'MP4'],
  ['thumb', 64 * 1024, 'JPG'],
] as const;

/** The largest files that WeChat takes. The gateway forwards bodies of up to 4,000,000 bytes, whatever WeChat would take. */
export const DOCUMENTED_SIZE_LIMITS: readonly DocumentedSizeLimit[] = [
  ...FILES.map(([type, bytes, formats]) => ({
    path: '/cgi-bin/media/upload',
    type,
    bytes,
    formats,
    source: TEMPORARY_PAGE,
  })),
  ...FILES.map(([type, bytes, formats]) => ({
    path: '/cgi-bin/material/add_material',
    type,
    bytes,
    formats,
    source: PERMANENT_PAGE,
  })),
  {
    path: '/cgi-bin/media/uploadimg',
    type: undefined,
    bytes: MEGABYTE,
    formats: 'JPG or PNG, smaller than this',
    source: PERMANENT_PAGE,
  },
];

let quotas: ReadonlyMap<string, DocumentedQuota> | undefined;

/** Every quota that WeChat documents, in the page's order. */
export function listDocumentedQuotas(): readonly DocumentedQuota[] {
  return [STABLE_TOKEN, ...TABLE.trim().split('\n').map(parseRow)];
}

/** The documented quota of a path in any letter case, with or without slashes at its end; `undefined` where none is documented. */
export function documentedQuota(path: string): DocumentedQuota | undefined {
  // None of them ends with a slash.
  quotas ??= new Map(listDocumentedQuotas().map((quota) => [comparablePath(quota.path), quota]));
  return quotas.get(comparablePath(path));
}

function parseRow(row: string): DocumentedQuota {
  const [base = '', name = '', newAccount = '', testAccount = '', ...rest] = row.split(' ');
  const isRow = /^\d+$/.test(newAccount) && /^(\d+|-)$/.test(testAccount) && rest.length === 0;
  if (!isRow) throw new Error(`quota table: bad row: ${row}`);
  return {
    path: base + name,
    newAccount: Number(newAccount),
    testAccount: testAccount === '-' ? undefined : Number(testAccount),
    source: LIMITS_PAGE,
  };
}
