import { json } from '../answers.ts';
import { jsonBody, text } from '../call.ts';
import type { Endpoints } from '../endpoint.ts';
import { Refusal } from '../refusal.ts';

/** The device APIs wrap their result, good or bad, in `base_resp` (iot.weixin.qq.com, device binding). */
export const deviceEndpoints: Endpoints = {
  '/device/bind': {
    method: 'POST',
    auth: 'access-token',
    wrapped: 'base_resp',
    handle(call) {
      const fields = jsonBody(call);
      if (!text(fields, 'openid')) throw new Refusal(40003);
      if (!text(fields, 'device_id')) throw new Refusal(40097);
      return json({ base_resp: { errcode: 0, errmsg: 'ok' } });
    },
  },
};
