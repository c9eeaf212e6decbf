import { expect, it } from 'vitest';
import { createUpstream } from '#shared/wechat/upstream.ts';
import { createUndiciWechatApi } from '#shared/wechat/wechat-api.undici.ts';
import { answering, OK, serve } from './undici-attempts.ts';

const clock = { now: () => Date.now(), sleep: () => Promise.reject(new Error('unused')) };
const post = (first: string, second: string) =>
  createUpstream({ api: createUndiciWechatApi({ clock }), origins: [first, second], clock }).call(
    { method: 'POST', path: '/cgi-bin/message/custom/send', query: '', headers: {}, body: Buffer.from('{"a":1}') },
    { firstByteTimeoutMs: 20_000, deadline: clock.now() + 60_000, maxAnswerBytes: 1_000 },
    'never-after-sending',
  );

it('a host that refuses connections is made up for by the next one, with the same bytes', async () => {
  const [down, up] = [await answering(OK), await answering(OK)];
  await down.close();
  expect((await post(down.origin, up.origin)).origin).toBe(up.origin);
  expect(up.requests[0]).toMatch(/\r\n\r\n\{"a":1\}$/);
});

it('a send that a host may have taken is never doubled', async () => {
  const [broken, up] = [await serve((socket) => socket.resetAndDestroy()), await answering(OK)];
  await expect(post(broken.origin, up.origin)).rejects.toMatchObject({ kind: 'reset', sent: true });
  expect([broken.requests.length, up.sockets.length]).toEqual([1, 0]);
});
