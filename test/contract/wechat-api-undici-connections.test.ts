import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { answering, closed, OK, serve, setUp } from './undici-attempts.ts';

describe('connections', () => {
  it('are used again within three seconds of the last answer', async () => {
    const server = await answering(OK);
    const { attempt, clock } = setUp();
    for (let i = 0; i < 5; i += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other is the point
      await attempt(server.origin);
      clock.time += 3_000;
      // oxlint-disable-next-line no-await-in-loop -- undici frees a connection one turn of the event loop after the answer
      await nextTurn();
    }
    expect(server.sockets).toHaveLength(1);
  });

  it('are replaced when unused for longer, by wall clock and before the call', async () => {
    const server = await answering(OK);
    const { attempt, clock } = setUp();
    await attempt(server.origin);
    clock.time += 3_001;
    await attempt(server.origin);
    expect(server.sockets).toHaveLength(2);
  });

  it('are kept open for a call in flight when the others are replaced', async () => {
    const held: Socket[] = [];
    const server = await serve((socket, request) =>
      request.includes('openid=slow') ? held.push(socket) : socket.write(OK),
    );
    const { attempt, clock } = setUp();
    const slow = attempt(server.origin, { query: 'openid=slow' });
    await expect.poll(() => held.length).toBe(1);
    clock.time += 60_000;
    await attempt(server.origin);
    expect(server.sockets).toHaveLength(2);
    held[0]?.write(OK);
    expect((await slow).status).toBe(200);
  });

  it('that the peer has closed while idle are not used', async () => {
    const server = await serve((socket) => socket.write(OK, () => socket.end()));
    const { attempt } = setUp();
    for (let i = 0; i < 10; i += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other is the point
      await attempt(server.origin, { method: 'POST', body: Buffer.from('{}') });
      // oxlint-disable-next-line no-await-in-loop -- the peer's end has to arrive first
      await closed(server.sockets[i]);
    }
    expect(server.requests).toHaveLength(10);
  });

  it('are opened side by side for calls side by side', async () => {
    const waiting: Socket[] = [];
    const server = await serve((socket) => {
      waiting.push(socket);
      if (waiting.length === 50) {
        waiting.forEach((each) => each.write(OK));
      }
    });
    const { attempt } = setUp();
    const answers = await Promise.all(Array.from({ length: 50 }, () => attempt(server.origin)));
    expect(answers).toHaveLength(50);
  });
});
