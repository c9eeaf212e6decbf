import { randomBytes } from 'node:crypto';
import { ok } from '../answers.ts';
import type { Endpoints } from '../endpoint.ts';
import { Refusal } from '../refusal.ts';

const LIFETIME_S = 7_200;
const TYPES = new Set(['jsapi', 'wx_card']);

/** JS-SDK and card tickets: a new one for every call (doc/service/guide/h5/ JS-SDK, appendix 1). */
export const ticketEndpoints: Endpoints = {
  '/cgi-bin/ticket/getticket': {
    method: 'GET',
    auth: 'access-token',
    handle(call) {
      if (!TYPES.has(call.query.get('type') ?? '')) throw new Refusal(40097);
      return ok({ ticket: randomBytes(64).toString('base64url'), expires_in: LIFETIME_S });
    },
  },
};
