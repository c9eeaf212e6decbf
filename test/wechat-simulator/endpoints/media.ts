import { randomBytes } from 'node:crypto';
import { bytes, json, TEXT_PLAIN } from '../answers.ts';
import type { Endpoints } from '../endpoint.ts';
import { MEDIA_LIMITS } from '../media-limits.ts';
import { epochSeconds } from '../periods.ts';
import { Refusal } from '../refusal.ts';
import { uploadOf } from '../uploaded-file.ts';

const LIFETIME_MS = 3 * 86_400_000;
const ARTICLE_IMAGE_BYTES = 1024 * 1024;

/** Temporary media (doc/service/api/material/temporary/). Files live three days; errors are JSON under text/plain. */
export const mediaEndpoints: Endpoints = {
  '/cgi-bin/media/upload': {
    method: 'POST',
    auth: 'access-token',
    errorContentType: TEXT_PLAIN,
    quota: { newAccount: 100_000, testAccount: 500 },
    async handle(call, account) {
      const type = call.query.get('type') ?? '';
      const limitBytes = MEDIA_LIMITS.get(type);
      if (limitBytes === undefined) throw new Refusal(40004);
      const { filename, contentType, bytes: content } = await uploadOf(call, limitBytes);
      const id = randomBytes(48).toString('base64url');
      account.content.temporaryMedia.put({ id, type, filename, contentType, bytes: content, createdAt: call.at });
      const idName = type === 'thumb' ? 'thumb_media_id' : 'media_id';
      return json({ type, [idName]: id, created_at: epochSeconds(call.at) });
    },
  },
  '/cgi-bin/media/get': {
    method: 'GET',
    auth: 'access-token',
    errorContentType: TEXT_PLAIN,
    quota: { newAccount: 200_000, testAccount: 1_000 },
    handle(call, account) {
      const file = account.content.temporaryMedia.get(call.query.get('media_id') ?? '');
      if (!file || call.at - file.createdAt >= LIFETIME_MS) throw new Refusal(40007);
      if (file.type === 'video') return json({ video_url: `http://127.0.0.1/video/${file.id}` }, TEXT_PLAIN);
      return bytes(file.bytes, file.contentType, file.filename);
    },
  },
  '/cgi-bin/media/uploadimg': {
    method: 'POST',
    auth: 'access-token',
    errorContentType: TEXT_PLAIN,
    async handle(call) {
      await uploadOf(call, ARTICLE_IMAGE_BYTES);
      return json({ url: `http://mmbiz.qpic.cn/mmbiz/${randomBytes(24).toString('base64url')}/0` });
    },
  },
};
