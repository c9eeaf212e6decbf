// undici types its package entry only. These two files are two thirds of its size and half of its loading time; no `exports`
// map forbids them, and the version is pinned.
declare module 'undici/lib/dispatcher/pool.js' {
  import type { Pool } from 'undici';

  /** What is there without the package entry, which adds `request` and its like. */
  const LeanPool: new (origin: string, options: Pool.Options) => Pick<Pool, 'dispatch' | 'close'>;
  export default LeanPool;
}

declare module 'undici/lib/core/connect.js' {
  import { buildConnector } from 'undici';
  export default buildConnector;
}
