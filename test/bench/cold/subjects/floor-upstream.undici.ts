import Pool from 'undici/lib/dispatcher/pool.js';
import { floorEnvironment } from './floor-environment.ts';

const { origin, path } = floorEnvironment;
const pool = new Pool(origin, { allowH2: false });

/** The body of the upstream's answer in base64, by undici's pool in its leanest import and nothing else. */
export async function callUpstream(): Promise<string> {
  const chunks: Uint8Array[] = [];
  await new Promise<void>((resolve, reject) => {
    pool.dispatch(
      { method: 'GET', path },
      {
        onRequestStart: () => {},
        onResponseStart: () => {},
        onResponseData: (_controller, chunk) => void chunks.push(chunk),
        onResponseEnd: () => resolve(),
        onResponseError: (_controller, error) => reject(error),
      },
    );
  });
  return Buffer.concat(chunks).toString('base64');
}
