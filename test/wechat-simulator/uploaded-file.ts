import type { Call } from './call.ts';
import { Refusal } from './refusal.ts';

/** The form of an upload: the file in its `media` part, and the text parts. */
export interface Upload {
  filename: string;
  contentType: string;
  bytes: Buffer;
  texts: ReadonlyMap<string, string>;
}

/**
 * Parses a multipart/form-data body (RFC 7578). Throws 41005 when it is none or has no `media` part with a filename, 44001 when the
 * file is empty, 40006 when it is larger than `limitBytes`.
 */
export async function uploadOf(call: Call, limitBytes: number): Promise<Upload> {
  const form = await formOf(call);
  const media = form.get('media');
  if (media === null || typeof media === 'string') throw new Refusal(41005);
  if (media.size === 0) throw new Refusal(44001);
  if (media.size > limitBytes) throw new Refusal(40006);
  const bytes = Buffer.from(await media.arrayBuffer());
  const texts = new Map([...form].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])));
  return { filename: media.name, contentType: media.type, bytes, texts };
}

async function formOf(call: Call): Promise<FormData> {
  const headers = { 'content-type': call.headers['content-type'] ?? '' };
  try {
    return await new Response(new Uint8Array(call.body), { headers }).formData();
  } catch {
    // Not a well-formed multipart body: WeChat finds no file in it.
    throw new Refusal(41005);
  }
}
