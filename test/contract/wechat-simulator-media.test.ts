import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, startBench } from './wechat-simulator-client.ts';

const DAY = 86_400_000;

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.simulator.close());

const get = async (path: string, query?: string) => await bench.get(bench.withToken(path, query));
const post = async (path: string, body: object | string | Buffer, query?: string, headers?: Record<string, string>) =>
  await bench.post(bench.withToken(path, query), body, headers);
const uploadErrcode = async (query: string, name: string, bytes: Buffer) =>
  (await postFile('/cgi-bin/media/upload', query, name, bytes)).json.errcode;

describe('temporary media', () => {
  const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

  it('come back byte for byte with their type and name', async () => {
    const upload = await postFile('/cgi-bin/media/upload', 'type=image', 'media', everyByte);
    expect(upload.json).toMatchObject({ type: 'image', media_id: expect.any(String), created_at: 1795147200 });
    const file = await get('/cgi-bin/media/get', `media_id=${String(upload.json.media_id)}`);
    expect(file.bytes.equals(everyByte)).toBe(true);
    expect(file.contentType).toBe('image/jpeg');
    expect(file.headers['content-disposition']).toBe('attachment; filename="%E7%85%A7%E7%89%87.jpg"');
  });

  it('are gone after three days: 40007 as JSON under text/plain', async () => {
    const upload = await postFile('/cgi-bin/media/upload', 'type=image', 'media', everyByte);
    bench.pass(3 * DAY);
    const file = await get('/cgi-bin/media/get', `media_id=${String(upload.json.media_id)}`);
    expect([file.json.errcode, file.contentType]).toEqual([40007, 'text/plain']);
  });

  it('of type video answer a URL', async () => {
    const upload = await postFile('/cgi-bin/media/upload', 'type=video', 'media', everyByte);
    const file = await get('/cgi-bin/media/get', `media_id=${String(upload.json.media_id)}`);
    expect(file.json).toEqual({ video_url: expect.stringContaining('/video/') });
  });

  it('need a known type, a file part, something in it, and not too much', async () => {
    expect(await uploadErrcode('type=smoke', 'media', everyByte)).toBe(40004);
    expect(await uploadErrcode('type=image', 'other', everyByte)).toBe(41005);
    expect(await uploadErrcode('type=image', 'media', Buffer.alloc(0))).toBe(44001);
    expect(await uploadErrcode('type=thumb', 'media', Buffer.alloc(64 * 1024 + 1))).toBe(40006);
    expect((await post('/cgi-bin/media/upload', {}, 'type=image')).json.errcode).toBe(41005);
  });

  it('for articles answer a URL, up to 1 MB', async () => {
    const upload = await postFile('/cgi-bin/media/uploadimg', '', 'media', everyByte);
    expect(upload.json.url).toMatch(/^http:\/\/mmbiz\.qpic\.cn\//);
    const large = await postFile('/cgi-bin/media/uploadimg', '', 'media', Buffer.alloc(1024 * 1024 + 1));
    expect(large.json.errcode).toBe(40006);
  });
});

describe('permanent material', () => {
  it('is counted, and comes back as bytes', async () => {
    const added = await postFile('/cgi-bin/material/add_material', 'type=image', 'media', Buffer.of(1, 2, 255));
    expect(added.json.url).toBeDefined();
    const file = await post('/cgi-bin/material/get_material', { media_id: added.json.media_id });
    expect([...file.bytes]).toEqual([1, 2, 255]);
    expect((await get('/cgi-bin/material/get_materialcount')).json).toMatchObject({ image_count: 1, video_count: 0 });
  });

  it('of type video has a description and answers JSON', async () => {
    const description = '{"title":"标题","introduction":"intro"}';
    const added = await postFile('/cgi-bin/material/add_material', 'type=video', 'media', Buffer.of(1), {
      description,
    });
    const file = await post('/cgi-bin/material/get_material', { media_id: added.json.media_id });
    expect(file.json).toMatchObject({ title: '标题', description: 'intro', down_url: expect.any(String) });
    const bare = await postFile('/cgi-bin/material/add_material', 'type=video', 'media', Buffer.of(1));
    expect(bare.json.errcode).toBe(47001);
  });

  it('gets 40007 under text/plain when it is not there', async () => {
    const file = await post('/cgi-bin/material/get_material', { media_id: 'nobody' });
    expect([file.json.errcode, file.contentType]).toEqual([40007, 'text/plain']);
  });
});

async function postFile(path: string, query: string, name: string, bytes: Buffer, texts: Record<string, string> = {}) {
  const form = new FormData();
  for (const [key, value] of Object.entries(texts)) form.set(key, value);
  form.set(name, new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }), '照片.jpg');
  const encoded = new Response(form);
  const body = Buffer.from(await encoded.arrayBuffer());
  return await post(path, body, query, { 'content-type': encoded.headers.get('content-type') ?? '' });
}
