import { randomInt } from 'node:crypto';
import { json, ok } from '../answers.ts';
import { isObject, type JsonObject, jsonBody, text } from '../call.ts';
import type { Endpoints } from '../endpoint.ts';
import { Refusal } from '../refusal.ts';

const MESSAGE_TYPES = new Set([
  'text',
  'image',
  'voice',
  'video',
  'music',
  'news',
  'mpnews',
  'mpnewsarticle',
  'msgmenu',
  'wxcard',
  'link',
  'miniprogrampage',
]);

/** Messages to one user (doc/service/api/customer/message/, doc/service/api/notify/template/). */
export const messageEndpoints: Endpoints = {
  '/cgi-bin/message/custom/send': {
    method: 'POST',
    auth: 'access-token',
    quota: { newAccount: 500_000, testAccount: 50_000 },
    handle(call) {
      const fields = jsonBody(call);
      checkRecipient(fields);
      const type = text(fields, 'msgtype') ?? '';
      if (!MESSAGE_TYPES.has(type)) throw new Refusal(40008);
      const content = fields[type];
      if (type === 'text' && !(isObject(content) && text(content, 'content'))) throw new Refusal(44004);
      return ok();
    },
  },
  '/cgi-bin/message/template/send': {
    method: 'POST',
    auth: 'access-token',
    handle(call) {
      const fields = jsonBody(call);
      checkRecipient(fields);
      if (!text(fields, 'template_id')) throw new Refusal(40037);
      return json(`{"errcode":0,"errmsg":"ok","msgid":${newMessageId()}}`);
    },
  },
};

function checkRecipient(fields: JsonObject): void {
  const openId = text(fields, 'touser');
  if (!openId || openId.startsWith('bad')) throw new Refusal(40003);
}

/** A 64-bit integer, always beyond what a JavaScript number can hold. */
function newMessageId(): string {
  return `3${String(randomInt(1_000_000_000)).padStart(9, '0')}${String(randomInt(1_000_000_000)).padStart(9, '0')}`;
}
