import { existsSync } from 'node:fs';
import { join } from 'node:path';

const RIC = join(import.meta.dirname, '../peers/node_modules/aws-lambda-ric');

/** What runs a function in this bench. */
export interface RuntimeClient {
  readonly name: string;
  /** Node's arguments before the handler's name. */
  readonly file: string;
  /** What to do for a better one. */
  readonly advice: string | undefined;
}

/** Amazon's own Runtime Interface Client if it is built, a plain loop over the same Runtime API if not. */
export function runtimeClient(): RuntimeClient {
  if (existsSync(join(RIC, 'rapid-client.node'))) {
    return { name: 'aws-lambda-ric', file: join(RIC, 'index.mjs'), advice: undefined };
  }
  return {
    name: 'a plain loop over the Runtime API',
    file: join(import.meta.dirname, 'plain-loop.cjs'),
    advice:
      'aws-lambda-ric has a native part that is not built. With cmake, make and a C++ compiler: npm ci --prefix test/bench/peers && npm rebuild --prefix test/bench/peers aws-lambda-ric',
  };
}
