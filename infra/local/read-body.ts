import type { IncomingMessage } from 'node:http';

/**
 * Reads a request's whole body, empty included. Past `maxBytes` the rest is received and thrown away, so that the client can still
 * read its answer, and the result is `too-large`. A client that goes away before the end gives `aborted`. Never rejects; call it once per request.
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | 'too-large' | 'aborted'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > maxBytes) {
        chunks.length = 0;
        resolve('too-large');
      } else {
        chunks.push(chunk);
      }
    };
    const onError = (): void => resolve('aborted');
    request.on('data', onData).on('error', onError);
    request.once('end', () => {
      // The request lives until it is answered: what listens to it would keep the body alive, and so would the promise that it resolves.
      request.off('data', onData).off('error', onError).on('error', ignoreLateError);
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
    });
  });
}

/** The body is whole: a client that goes away now is noticed when it is answered. */
function ignoreLateError(): void {}
