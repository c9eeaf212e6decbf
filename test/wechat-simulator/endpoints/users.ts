import type { Account } from '../account.ts';
import { json, ok } from '../answers.ts';
import { isObject, jsonBody, text } from '../call.ts';
import type { Endpoints } from '../endpoint.ts';
import { epochSeconds } from '../periods.ts';
import { Refusal } from '../refusal.ts';

const FOLLOWERS = ['oSim0000000000000000000001', 'oSim0000000000000000000002', 'oSim0000000000000000000003'];
const LARGEST_BATCH = 50;
const FIRST_TAG_ID = 100;

/** Followers and tags (doc/service/api/usermanage/). Any openid is a follower, except those that begin with `bad`. */
export const userEndpoints: Endpoints = {
  '/cgi-bin/user/info': {
    method: 'GET',
    auth: 'access-token',
    quota: { newAccount: 5_000_000, testAccount: 500_000 },
    handle(call, account) {
      const openId = goodOpenId(call.query.get('openid') ?? undefined);
      return json(userInfo(openId, account.content.remarks.get(openId) ?? '', epochSeconds(call.at)));
    },
  },
  '/cgi-bin/user/get': {
    method: 'GET',
    auth: 'access-token',
    quota: { newAccount: 500, testAccount: 100 },
    handle: (call) => {
      const after = FOLLOWERS.indexOf(call.query.get('next_openid') ?? '') + 1;
      const openid = FOLLOWERS.slice(after);
      const list = { total: FOLLOWERS.length, count: openid.length, data: { openid } };
      return json({ ...list, next_openid: openid.at(-1) ?? '' });
    },
  },
  '/cgi-bin/user/info/updateremark': {
    method: 'POST',
    auth: 'access-token',
    quota: { newAccount: 10_000, testAccount: 10_000 },
    handle(call, account) {
      const fields = jsonBody(call);
      account.content.remarks.set(goodOpenId(text(fields, 'openid')), text(fields, 'remark') ?? '');
      return ok();
    },
  },
  '/cgi-bin/tags/create': {
    method: 'POST',
    auth: 'access-token',
    handle(call, account) {
      const { tag } = jsonBody(call);
      const name = isObject(tag) ? text(tag, 'name') : undefined;
      const tags = account.content.tags;
      if (!name || [...tags.values()].some((one) => one.name === name)) throw new Refusal(45157);
      const id = FIRST_TAG_ID + tags.size;
      tags.set(id, { name, openIds: new Set() });
      return json({ tag: { id, name } });
    },
  },
  '/cgi-bin/tags/get': {
    method: 'GET',
    auth: 'access-token',
    handle: (_call, account) => json({ tags: tagList(account) }),
  },
  '/cgi-bin/tags/members/batchtagging': {
    method: 'POST',
    auth: 'access-token',
    handle(call, account) {
      const { openid_list: openIds, tagid: tagId } = jsonBody(call);
      if (!Array.isArray(openIds) || openIds.length === 0 || openIds.length > LARGEST_BATCH) throw new Refusal(40032);
      const tag = account.content.tags.get(Number(tagId));
      if (!tag) throw new Refusal(45159);
      for (const openId of openIds) tag.openIds.add(goodOpenId(typeof openId === 'string' ? openId : undefined));
      return ok();
    },
  },
};

function goodOpenId(openId: string | undefined): string {
  if (!openId || openId.startsWith('bad')) throw new Refusal(40003);
  return openId;
}

function tagList(account: Account): object[] {
  return [...account.content.tags].map(([id, { name, openIds }]) => ({ id, name, count: openIds.size }));
}

/** Written by hand: Chinese text unescaped, and a 64-bit integer that a JavaScript number cannot hold. */
function userInfo(openId: string, remark: string, now: number): string {
  return (
    `{"subscribe":1,"openid":${JSON.stringify(openId)},"nickname":"微信用户·张三","language":"zh_CN",` +
    `"subscribe_time":${now},"unionid":"oU64bit","remark":${JSON.stringify(remark)},"groupid":0,"tagid_list":[],` +
    '"subscribe_scene":"ADD_SCENE_QR_CODE","qr_scene":9223372036854775807,"qr_scene_str":""}'
  );
}
