import type { IncomingMessage } from 'node:http';

const BODY_LIMIT_BYTES = 20 * 1024 * 1024;

/**
 * The whole body, or undefined when it is over 20 MB (it is read to its end all the same). Rejects when the client goes away
 * before the end.
 */
export async function requestBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= BODY_LIMIT_BYTES) chunks.push(chunk);
  }
  return length <= BODY_LIMIT_BYTES ? Buffer.concat(chunks) : undefined;
}
