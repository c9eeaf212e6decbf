import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { setInterval } from 'node:timers/promises';
import type { Answer } from './answers.ts';
import type { Fault } from './faults.ts';

const ENDLESS_CHUNK = Buffer.alloc(16_384, ' ');

/** Sends an answer, in the way the fault wants it spoiled. Resolves when all is handed over, the client has gone, or an endless one has begun. */
export async function deliver(answer: Answer, response: ServerResponse, fault?: Fault): Promise<void> {
  if (fault?.kind === 'endless') return sendEndless(answer, response);
  response.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length });
  if (fault?.kind === 'truncate') sendCut(answer.body.subarray(0, fault.atByte), response);
  else if (fault?.kind === 'drip') await sendDripping(answer.body, fault.chunkMs, response);
  else response.end(answer.body);
}

/** The opening of an answer, and no more: the connection ends once that is written. */
function sendCut(opening: Buffer, response: ServerResponse): void {
  response.flushHeaders();
  if (opening.length > 0) response.write(opening);
  response.socket?.destroySoon();
}

async function sendDripping(body: Buffer, chunkMs: number, response: ServerResponse): Promise<void> {
  let sent = 0;
  // Slow in real time, whatever the simulator's clock says. Nobody waits for the end when the client has gone.
  for await (const step of setInterval(chunkMs, 1, { ref: false })) {
    if (sent >= body.length || response.destroyed) break;
    response.write(body.subarray(sent, sent + step));
    sent += step;
  }
  response.end();
}

/** Piping stops, and the generator with it, when the client has gone. */
function sendEndless(answer: Answer, response: ServerResponse): void {
  response.writeHead(answer.status, answer.headers);
  response.write(answer.body);
  Readable.from(spaces()).pipe(response);
}

function* spaces(): Generator<Buffer> {
  for (;;) yield ENDLESS_CHUNK;
}
