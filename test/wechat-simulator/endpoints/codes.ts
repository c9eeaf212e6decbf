import { randomBytes } from 'node:crypto';
import { bytes, json } from '../answers.ts';
import { jsonBody, text } from '../call.ts';
import type { Endpoints } from '../endpoint.ts';
import { Refusal } from '../refusal.ts';

const MINI_PROGRAM_CODES_PER_MINUTE = 5_000;
const LONGEST_SCENE = 32;
const LONGEST_TEMPORARY_S = 2_592_000;
const DEFAULT_TEMPORARY_S = 60;
const ACTIONS = new Set(['QR_SCENE', 'QR_STR_SCENE', 'QR_LIMIT_SCENE', 'QR_LIMIT_STR_SCENE']);

/** A whole PNG of one pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** QR codes with a parameter (doc/service/api/qrcode/) and mini-program codes (doc/miniprogram getUnlimitedQRCode). */
export const codeEndpoints: Endpoints = {
  '/cgi-bin/qrcode/create': {
    method: 'POST',
    auth: 'access-token',
    quota: { newAccount: 100_000, testAccount: 10_000 },
    handle(call) {
      const fields = jsonBody(call);
      const action = text(fields, 'action_name') ?? '';
      if (!ACTIONS.has(action)) throw new Refusal(40097);
      const asked = Number(fields.expire_seconds ?? DEFAULT_TEMPORARY_S);
      const temporary = !action.startsWith('QR_LIMIT') && { expire_seconds: Math.min(asked, LONGEST_TEMPORARY_S) };
      const id = randomBytes(16).toString('base64url');
      return json({ ticket: `gQ${id}==`, ...temporary, url: `http://weixin.qq.com/q/${id}` });
    },
  },
  '/wxa/getwxacodeunlimit': {
    method: 'POST',
    auth: 'access-token',
    perMinute: MINI_PROGRAM_CODES_PER_MINUTE,
    handle(call) {
      const scene = text(jsonBody(call), 'scene');
      if (!scene || scene.length > LONGEST_SCENE) throw new Refusal(40129);
      return bytes(PNG, 'image/png');
    },
  },
};
