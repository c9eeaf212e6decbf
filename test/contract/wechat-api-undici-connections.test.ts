import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { answering, closed, OK, outcomeOf, serve, setUp } from './undici-attempts.ts';

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

describe('a connection that is begun ahead', () => {
  it('sends nothing, and is the one that the next call uses', async () => {
    const server = await answering(OK);
    const { attempt, connectAhead } = setUp();
    connectAhead(server.origin);
    await expect.poll(() => server.sockets.length).toBe(1);
    expect(server.sockets[0]?.bytesRead).toBe(0);
    expect((await attempt(server.origin)).status).toBe(200);
    expect(server.sockets).toHaveLength(1);
    expect(server.requests).toHaveLength(1);
  });

  it('is waited for by a call that comes meanwhile', async () => {
    const server = await answering(OK);
    const { attempt, connectAhead } = setUp();
    connectAhead(server.origin);
    expect((await attempt(server.origin)).status).toBe(200);
    expect(server.sockets).toHaveLength(1);
    expect(server.requests).toHaveLength(1);
  });

  it('serves one of the calls that come meanwhile, and the others open their own', async () => {
    const server = await answering(OK);
    const { attempt, connectAhead } = setUp();
    connectAhead(server.origin);
    const answers = await Promise.all(Array.from({ length: 3 }, () => attempt(server.origin)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(server.sockets).toHaveLength(3);
    expect(server.requests).toHaveLength(3);
  });

  it('is not begun where there is one that was used within three seconds', async () => {
    const server = await answering(OK);
    const { attempt, clock, connectAhead } = setUp();
    await attempt(server.origin);
    clock.time += 3_000;
    connectAhead(server.origin);
    await nextTurn();
    await attempt(server.origin);
    expect(server.sockets).toHaveLength(1);
  });

  it('is one, however often it is begun within three seconds', async () => {
    const server = await answering(OK);
    const { attempt, clock, connectAhead } = setUp();
    for (let i = 0; i < 5; i += 1) connectAhead(server.origin);
    clock.time += 3_000;
    connectAhead(server.origin);
    await attempt(server.origin);
    expect(server.sockets).toHaveLength(1);
  });

  it('is left alone by a call that comes over three seconds later', async () => {
    const server = await answering(OK);
    const { attempt, clock, connectAhead } = setUp();
    connectAhead(server.origin);
    await expect.poll(() => server.sockets.length).toBe(1);
    clock.time += 3_001;
    await attempt(server.origin);
    expect(server.sockets).toHaveLength(2);
    expect(server.requests).toHaveLength(1);
  });

  it('that could not be had means nothing to the next call', async () => {
    const server = await answering(OK);
    await server.close();
    const { attempt, connectAhead } = setUp();
    connectAhead(server.origin);
    await serve((socket) => socket.write(OK), Number(new URL(server.origin).port));
    expect((await attempt(server.origin)).status).toBe(200);
  });

  it('that the peer has closed is not used, whatever the peer said last', async () => {
    const server = await answering(OK);
    const { attempt, connectAhead } = setUp();
    connectAhead(server.origin);
    await expect.poll(() => server.sockets.length).toBe(1);
    // From here to the call no turn of the event loop in which the client could see it.
    server.sockets[0]?.end('HTTP/1.1 408 Request Timeout\r\nContent-Length: 6\r\nConnection: close\r\n\r\nPOISON');
    const { status } = await attempt(server.origin, { method: 'POST', body: Buffer.from('{}') });
    expect(status).toBe(200);
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['back', -1_000],
    ['ahead', 3_500],
  ])('is left by a call that waits for it while another one finds the clock %s', async (_where, ms) => {
    const server = await answering(OK);
    const { attempt, clock, connectAhead } = setUp();
    connectAhead(server.origin);
    const waiting = attempt(server.origin);
    clock.time += ms;
    const other = attempt(server.origin);
    expect([(await waiting).status, (await other).status]).toEqual([200, 200]);
    expect(server.requests).toHaveLength(2);
  });

  it('is not waited for past the deadline of a call', async () => {
    const silent = await serve(() => {});
    const neverSecure = silent.origin.replace('http:', 'https:');
    const { attempt, connectAhead, clock } = setUp();
    connectAhead(neverSecure);
    const late = attempt(neverSecure, {}, { deadline: clock.now() + 20 });
    expect(await outcomeOf(late)).toEqual(['deadline', 'not sent']);
  });
});
