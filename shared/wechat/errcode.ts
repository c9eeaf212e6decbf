/**
 * Whether calling again helps. `no`: not as it is. `once`: with a newer token. `later`: after the pause the advice names.
 * `bounded`: a few times with growing pauses, for calls that do no harm when done twice.
 */
export type Retry = 'no' | 'once' | 'later' | 'bounded';

/** What an errcode means and what to do about it. */
export interface ErrcodeEntry {
  readonly code: number;
  /** Short, after WeChat's own English wording where there is one. */
  readonly meaning: string;
  readonly retry: Retry;
  /** What the operator or the caller should do. */
  readonly advice: string;
  /** Path of the page on developers.weixin.qq.com, or `SDK source`, `third party`, or `this gateway` for codes of our own. */
  readonly source: string;
}

const SOURCES: Readonly<Record<string, string>> = {
  channels: 'doc/channels/API/basics/commErrCode.html',
  cloud: 'miniprogram/dev/wxcloudrun/src/guide/weixin/open',
  gateway: 'this gateway',
  quota: 'doc/service/api/apimanage/api_getapiquota',
  sdk: 'SDK source',
  secret: 'doc/service/guide/dev/api',
  signature: 'miniprogram/dev/server/getting_started/api_signature',
  third: 'third party',
  token: 'doc/service/api/base/api_getstableaccesstoken',
  whitelist: 'doc/oplatform/developers/basic_func/ip_whitelist.html',
};

// code | retry | source | meaning | advice
const TABLE = `
-1 | bounded | channels | system error | WeChat is busy or failing: wait and call again. Do not repeat a send blindly, it may have been carried out.
0 | no | channels | ok | Nothing to do.
40001 | once | channels | invalid credential: the access_token is invalid or not the latest | A business call: refresh the token and call once more. From a token endpoint, or in a call that carries the secret: the app secret is wrong, store the current one.
40002 | no | sdk | invalid grant_type | Correct grant_type: client_credential for a token.
40003 | no | channels | invalid openid | Check that the openid belongs to this account and that the user follows it.
40006 | no | sdk | invalid file size | Send less: the gateway takes bodies of up to 4,000,000 bytes, WeChat's own limits are lower for some uploads.
40007 | no | sdk | invalid media_id | Check the media_id: temporary media lives for 3 days, and in its own account only.
40013 | no | channels | invalid appid | Check the app ID, letter case too, and that the account exists and is enabled.
40014 | once | sdk | invalid access_token | Refresh the token and call once more, as for 40001.
40029 | no | sdk | invalid code | Get a new login code from the user: a code works once and for this account only.
40033 | no | sdk | invalid charset: \\uxxxx escapes are refused | Send the text as raw UTF-8 instead of JSON unicode escapes.
40066 | no | channels | invalid url | Check the API path against WeChat's page: a base URL must not end with a slash.
40097 | no | sdk | invalid args | Check the parameters against the API's page.
40125 | no | third | invalid appsecret | Store the account's current app secret; reset it in the console if it is lost.
40163 | no | sdk | code has been used | Get a new login code from the user: a code works once.
40164 | no | whitelist | invalid ip, not in the IP allow-list | Add the address in the text, an egress address of the gateway, to the account's API IP allow-list; it takes effect within some 10 minutes.
40201 | no | sdk | invalid check url | Configure the account's callback URL first.
40202 | no | sdk | invalid check action | Use all, dns or ping.
40203 | no | sdk | invalid check operator | Use DEFAULT, CHINANET, UNICOM or CAP.
40230 | no | signature | missing Wechatmp-Serial | Send the headers that API security asks for.
40231 | no | signature | API security: a Wechatmp header, the signature or the encryption was refused | Check keys, headers, signature and encryption against the page.
40232 | no | signature | API security: a Wechatmp header, the signature or the encryption was refused | Check keys, headers, signature and encryption against the page.
40233 | no | signature | API security: a Wechatmp header, the signature or the encryption was refused | Check keys, headers, signature and encryption against the page.
40234 | no | signature | invalid signature | Sign for https://api.weixin.qq.com and the very path, with the key set in the console, and send the signed bytes unchanged.
40235 | no | signature | invalid encryption | Check key number, algorithm and additional data (path, app ID, time, key number) against the page.
40236 | no | signature | API security: a Wechatmp header, the signature or the encryption was refused | Check keys, headers, signature and encryption against the page.
40237 | no | signature | API security: a Wechatmp header, the signature or the encryption was refused | Check keys, headers, signature and encryption against the page.
40238 | no | signature | API security: a Wechatmp header, the signature or the encryption was refused | Check keys, headers, signature and encryption against the page.
40239 | no | signature | API security: a Wechatmp header, the signature or the encryption was refused | Check keys, headers, signature and encryption against the page.
40240 | no | signature | API security: a Wechatmp header, the signature or the encryption was refused | Check keys, headers, signature and encryption against the page.
40243 | no | secret | the app secret is frozen | Unfreeze it in the console; that takes effect after 10 minutes.
41001 | no | channels | access_token missing | Send a credential: a gateway token in the query, or a caller key as Bearer.
41002 | no | channels | appid missing | Name the account: appid, or the X-WeChat-AppId header.
41004 | no | sdk | appsecret missing | Send secret: towards the gateway that is the caller key.
42001 | once | channels | access_token expired | Refresh the token and call once more.
42002 | no | sdk | refresh_token expired | Send the user through authorisation again.
42003 | no | sdk | code expired | Get a new login code from the user.
42006 | once | sdk | component_access_token expired | Refresh the third-party platform's own token and call once more.
42007 | no | sdk | access_token and refresh_token void since the user changed the WeChat password | The user or merchant must authorise again.
43001 | no | sdk | requires GET | Use GET.
43002 | no | channels | requires POST | Use POST.
43003 | no | channels | requires https | Use https.
44001 | no | sdk | multimedia file is empty | Send the file's bytes in the part named media.
44002 | no | channels | empty post data | Send a body: many calls want at least {}.
44003 | no | sdk | news content is empty | Send at least one article with its content.
45002 | no | channels | content size out of limit | Shorten the content.
45009 | later | channels | api daily quota reached | Wait for midnight in UTC+8, or clear the quota (10 times a month); openapi/quota/get shows what is used. Some APIs mean their quota per minute.
45011 | later | channels | api minute quota reached | Slow down and call again in the next minute.
45035 | no | channels | access clientip is not registered, not in the IP allow-list | Add the gateway's egress addresses to the store's IP allow-list.
45047 | no | sdk | out of response count limit | Wait for the user to write again: customer messages are limited per message received.
47001 | no | channels | data format error | Send valid JSON or XML, unchunked, under the right content type.
47002 | no | sdk | data format error: JSON unicode escapes are refused | Send the text as raw UTF-8.
48001 | no | channels | api unauthorized | Check in the console that the account has this API; from the gateway: that the caller is granted the path.
48004 | no | channels | api forbidden for irregularities | Look at mp.weixin.qq.com for the reason; only the account's owner can lift it.
48006 | no | sdk | clearing the quota is forbidden: its limit is reached | Wait for the next month.
50001 | no | channels | api or user unauthorized | Get the user's or the account's authorisation for this API.
50002 | no | channels | user limited | The user's or the account's WeChat is frozen or closed: look at the console.
50004 | no | token | the token interface is forbidden for this account | Look at the console for a penalty.
50005 | no | sdk | the user does not follow the account | Only followers can be reached by this API.
50007 | no | token | the account is frozen | Look at the console for the reason.
61003 | no | sdk | the account has not authorised this third-party platform | Have the account authorise it.
61004 | no | channels | access clientip is not registered | Add the address in the text to the third-party platform's, or the store's, IP allow-list.
61005 | later | sdk | component ticket expired | Wait for the next ticket push (every 10 minutes).
61006 | later | sdk | component ticket invalid | Wait for the next ticket push (every 10 minutes) and use that ticket.
61007 | no | sdk | api is unauthorized to the component | Have the account authorise this set of permissions.
61011 | no | sdk | invalid component | Check the component's app ID.
61014 | no | sdk | requires a component token | Use the third-party platform's own token.
61023 | no | sdk | refresh_token is invalid | Have the account authorise the platform again, or use the latest authorizer_refresh_token.
61024 | no | sdk | requires a component token for this account | Use api_component_token: the account is bound to a third-party platform.
76001 | no | sdk | rid not found | Check the rid: it is kept for 7 days.
76002 | no | sdk | rid error | Check the rid's spelling.
76003 | no | quota | rid: no permission for this rid; quota: cgi_path is written wrongly | A rid can be looked up by its own account only. A cgi_path begins with / and holds no host.
76004 | no | sdk | rid is older than 7 days | Nothing more can be learnt from it.
76021 | no | quota | cgi_path not found | Check the path against the API's page; /sns/ paths have no quota.
76022 | no | quota | the token does not own this cgi_path | Use an account of the type the API is for.
85105 | no | cloud | cloud-hosting call is not authorised | Authorise it in the cloud-hosting console.
85107 | no | cloud | path is not in the cloud-hosting allow-list | Add the path in the cloud-hosting console.
85112 | no | cloud | cloud-hosting secret not found | Switch the open-interface service on and deploy the version again.
85113 | later | cloud | cloud-hosting token is not ready yet | Wait some minutes after the deployment.
89501 | later | sdk | the account has an unhandled request to confirm | Have the account's administrator answer the earlier request.
89502 | later | sdk | waiting for the administrator to confirm | Ask the account's administrator to confirm.
89503 | later | token | this call needs the administrator's confirmation | The administrator was sent a message: confirm the egress address, and add it to the IP allow-list for good.
89504 | later | sdk | waiting for the administrator to confirm | Ask the account's administrator to confirm.
89505 | later | sdk | waiting for the administrator to confirm | Ask the account's administrator to confirm, then call again.
89506 | later | token | the administrator rejected this address | Settle it with the administrator, add the address to the IP allow-list, and call again after 24 hours.
89507 | later | token | the administrator rejected this address | Settle it with the administrator, add the address to the IP allow-list, and call again after 1 hour.
990401 | no | gateway | WeChat refused the access token again after it was replaced, or refused the app secret | Look at the account's status for the last failure; the secret may be wrong or the account restricted.
990413 | no | gateway | the answer is too large for the gateway | Ask WeChat for less, or fetch it with a direct call.
990504 | no | gateway | the call may have reached WeChat, but no whole answer came back | Find out whether it was carried out before repeating it.
`;

const isRetry = (text: string): text is Retry => ['no', 'once', 'later', 'bounded'].includes(text);

const parseRow = (row: string): ErrcodeEntry => {
  const [code, retry = '', sourceKey = '', meaning, advice, ...rest] = row.split(' | ');
  const source = SOURCES[sourceKey];
  if (!isRetry(retry) || source === undefined || meaning === undefined || advice === undefined || rest.length > 0) {
    throw new Error(`errcode table: bad row: ${row}`);
  }
  return { code: Number(code), meaning, retry, advice, source };
};

const parseTable = (): ReadonlyMap<number, ErrcodeEntry> =>
  new Map(
    TABLE.trim()
      .split('\n')
      .map((row) => [Number.parseInt(row, 10), parseRow(row)]),
  );
let entries: ReadonlyMap<number, ErrcodeEntry> | undefined;

/** Every entry by its code, WeChat's and our own. */
export const errcodeEntries = (): ReadonlyMap<number, ErrcodeEntry> => {
  entries ??= parseTable();
  return entries;
};

/** The entry of an errcode, WeChat's or our own; `undefined` for one the table does not have. */
export const errcodeEntry = (code: number): ErrcodeEntry | undefined => errcodeEntries().get(code);
