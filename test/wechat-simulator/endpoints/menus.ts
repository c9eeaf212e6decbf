import { json, ok } from '../answers.ts';
import { jsonBody } from '../call.ts';
import type { Endpoints } from '../endpoint.ts';
import { Refusal } from '../refusal.ts';

const LARGEST_MENU = 3;
const ESCAPED = /\\u[0-9a-f]{4}/i;

/** The account's menu (doc/service/api/custommenu/). Deleting is a GET. */
export const menuEndpoints: Endpoints = {
  '/cgi-bin/menu/create': {
    method: 'POST',
    auth: 'access-token',
    quota: { newAccount: 1_000, testAccount: 100 },
    handle(call, account) {
      const { button } = jsonBody(call);
      // A proxy that re-serialises JSON to ASCII is caught here, as on WeChat.
      if (ESCAPED.test(call.body.toString())) throw new Refusal(40033);
      if (!Array.isArray(button) || button.length === 0 || button.length > LARGEST_MENU) throw new Refusal(40016);
      account.content.menu = call.body.toString();
      return ok();
    },
  },
  '/cgi-bin/menu/get': {
    method: 'GET',
    auth: 'access-token',
    quota: { newAccount: 10_000, testAccount: 1_000 },
    handle(_call, account) {
      if (account.content.menu === undefined) throw new Refusal(46003);
      return json(`{"menu":${account.content.menu}}`);
    },
  },
  '/cgi-bin/menu/delete': {
    method: 'GET',
    auth: 'access-token',
    quota: { newAccount: 1_000, testAccount: 100 },
    handle(_call, account) {
      account.content.menu = undefined;
      return ok();
    },
  },
};
