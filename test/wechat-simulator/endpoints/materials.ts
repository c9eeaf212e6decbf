import { randomBytes } from 'node:crypto';
import { bytes, json, TEXT_PLAIN } from '../answers.ts';
import { jsonBody, text, tryJson } from '../call.ts';
import type { Endpoints } from '../endpoint.ts';
import type { StoredFile } from '../file-shelf.ts';
import { MEDIA_LIMITS } from '../media-limits.ts';
import { Refusal } from '../refusal.ts';
import { uploadOf } from '../uploaded-file.ts';

/** Permanent media (doc/service/api/material/permanent/). */
export const materialEndpoints: Endpoints = {
  '/cgi-bin/material/add_material': {
    method: 'POST',
    auth: 'access-token',
    errorContentType: TEXT_PLAIN,
    async handle(call, account) {
      const type = call.query.get('type') ?? '';
      const limitBytes = MEDIA_LIMITS.get(type);
      if (limitBytes === undefined) throw new Refusal(40004);
      const { texts, filename, contentType, bytes: content } = await uploadOf(call, limitBytes);
      const id = randomBytes(48).toString('base64url');
      const description = type === 'video' ? { description: videoDescription(texts.get('description')) } : {};
      account.content.materials.put({
        id,
        type,
        filename,
        contentType,
        bytes: content,
        createdAt: call.at,
        ...description,
      });
      return json({ media_id: id, ...(type === 'image' && { url: `http://mmbiz.qpic.cn/mmbiz/${id}/0` }) });
    },
  },
  '/cgi-bin/material/get_material': {
    method: 'POST',
    auth: 'access-token',
    errorContentType: TEXT_PLAIN,
    handle(call, account) {
      const file = account.content.materials.get(text(jsonBody(call), 'media_id') ?? '');
      if (!file) throw new Refusal(40007);
      if (file.type === 'video') return json(videoAnswer(file), TEXT_PLAIN);
      return bytes(file.bytes, file.contentType, file.filename);
    },
  },
  '/cgi-bin/material/get_materialcount': {
    method: 'GET',
    auth: 'access-token',
    handle(_call, account) {
      const { materials } = account.content;
      const counts = { voice_count: materials.count('voice'), video_count: materials.count('video') };
      return json({ ...counts, image_count: materials.count('image'), news_count: 0 });
    },
  },
};

/** A video comes with a second part of JSON text. Throws 47001 when it is missing or not JSON. */
function videoDescription(description: string | undefined): { title: string; introduction: string } {
  const fields = tryJson(Buffer.from(description ?? ''));
  if (!fields) throw new Refusal(47001);
  return { title: text(fields, 'title') ?? '', introduction: text(fields, 'introduction') ?? '' };
}

function videoAnswer(file: StoredFile): object {
  const { title, introduction } = file.description ?? { title: '', introduction: '' };
  return { title, description: introduction, down_url: `http://127.0.0.1/video/${file.id}` };
}
