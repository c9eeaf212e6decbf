declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface DynaliteOptions {
    /** A LevelDB directory; absent keeps everything in memory. */
    readonly path?: string;
    readonly createTableMs?: number;
    readonly updateTableMs?: number;
    readonly deleteTableMs?: number;
  }

  /** A DynamoDB engine as an HTTP server that does not listen yet. Its `close` closes the database too. */
  function dynalite(options?: DynaliteOptions): Server;
  export default dynalite;
}
