import type { IncomingMessage } from 'node:http';

/**
 * Reads a request's whole body, empty included. Past `maxBytes` the rest is received and thrown away, so that the client can still
 * read its answer, and the result is `too-large`. A client that goes away before the end gives `aborted`. Never rejects; call it once per request.
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | 'too-large' | 'aborted'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) {
        chunks.length = 0;
        resolve('too-large');
      } else {
        chunks.push(chunk);
      }
    });
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on('error', () => resolve('aborted'));
  });
}
