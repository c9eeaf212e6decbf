import buildConnector from 'undici/lib/core/connect.js';
import Pool from 'undici/lib/dispatcher/pool.js';
import type { Clock } from '../clock.ts';
import { Attempt } from './attempt.undici.ts';
import { checkRequest } from './check-request.undici.ts';
import { CONNECT_TIMEOUT_MS } from './connect-timeout.ts';
import { UpstreamFailure, type WechatApi } from './wechat-api.ts';

/** Under the 5 s after which common load balancers close an idle connection. */
const KEEP_ALIVE_MS = 4_000;
/** A frozen Lambda environment wakes up with sockets that the peer has closed; wall clock shows the pause, timers do not. */
const REPLACE_AFTER_IDLE_MS = 3_000;
/** More than connecting to WeChat takes. An attempt that has waited so long has as much left to connect by itself. */
const LONGEST_AHEAD_MS = CONNECT_TIMEOUT_MS / 2;

interface UsedPool {
  readonly pool: InstanceType<typeof Pool>;
  lastUsedAt: number;
  /** Of a connection that was begun ahead, until an attempt takes it: see {@link openConnection}. */
  connecting: Promise<void> | undefined;
}

const checkOrigin = (origin: string): void => {
  if (!/^https?:/.test(origin) || !URL.canParse(origin) || new URL(origin).origin !== origin) {
    throw new TypeError('not an HTTP origin such as https://api.weixin.qq.com');
  }
};

/** Resolves when the pool has a connection, when it cannot have one, and after {@link LONGEST_AHEAD_MS} at the latest. Sends nothing. */
const openConnection = (pool: UsedPool['pool']): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, LONGEST_AHEAD_MS);
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    pool.dispatch(
      { method: 'GET', path: '/', headers: {}, body: null },
      {
        onRequestStart() {
          end();
          // undici is about to write: what throws here is not sent, and the connection is left to the pool.
          throw new Error('connected');
        },
        onResponseStart() {},
        onResponseData() {},
        onResponseEnd() {},
        onResponseError: end,
      },
    );
  });

/**
 * WeChat's servers through undici: one pool per origin, HTTP/1.1, connections kept alive for 4 s at most. A pool that was unused for over
 * 3 s of `clock` is replaced before the next call, without disturbing calls in flight on the old one, so that a process which was
 * frozen never writes to a connection that died meanwhile.
 *
 * `attempt` rejects with a TypeError, having sent nothing, when the request or the origin is not valid HTTP.
 * `connect.ca` (PEM) replaces the trusted certificate authorities; it is there for tests.
 */
export const createUndiciWechatApi = ({
  clock,
  connect = {},
}: {
  clock: Clock;
  connect?: { ca?: string };
}): WechatApi => {
  // Shared by all pools, so that a fresh pool resumes TLS sessions.
  const connector = buildConnector({ ...connect, allowH2: false, timeout: CONNECT_TIMEOUT_MS });
  const pools = new Map<string, UsedPool>();

  const openPool = (origin: string): UsedPool => {
    checkOrigin(origin);
    const pool = new Pool(origin, {
      connect: connector,
      allowH2: false,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      // An attempt has a timer of its own.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const opened = { pool, lastUsedAt: clock.now(), connecting: undefined };
    pools.set(origin, opened);
    return opened;
  };

  const recentPool = (origin: string): UsedPool | undefined => {
    const known = pools.get(origin);
    const idleMs = clock.now() - (known?.lastUsedAt ?? 0);
    // A clock that went back says nothing about the pause.
    return idleMs >= 0 && idleMs <= REPLACE_AFTER_IDLE_MS ? known : undefined;
  };
  const takePool = (origin: string): UsedPool => {
    const recent = recentPool(origin);
    if (recent !== undefined) return recent;
    // Lets calls in flight finish first; nobody waits for it.
    pools.get(origin)?.pool.close(() => {});
    return openPool(origin);
  };

  return {
    connectAhead(origin) {
      if (recentPool(origin) !== undefined) return;
      const used = takePool(origin);
      used.connecting = openConnection(used.pool);
    },

    async attempt(origin, request, limits) {
      checkRequest(request);
      if (limits.deadline <= clock.now()) {
        throw new UpstreamFailure('deadline', origin, false);
      }
      let used = takePool(origin);
      used.lastUsedAt = clock.now();
      const { connecting } = used;
      // It serves one.
      used.connecting = undefined;
      const attempt = new Attempt(origin, limits, clock);
      const path = request.query === '' ? request.path : `${request.path}?${request.query}`;
      const { method, headers, body = null } = request;
      const options = { method, path, headers, body };
      if (connecting === undefined) {
        used.pool.dispatch(options, attempt);
      } else {
        const dispatchLater = (): void => {
          // Meanwhile another attempt may have found the clock changed.
          used = takePool(origin);
          used.pool.dispatch(options, attempt);
        };
        // undici trusts a connection that was never used: a turn of the event loop shows whether the peer has closed it.
        void connecting.then(() => setImmediate(dispatchLater));
      }
      try {
        return await attempt.answer;
      } finally {
        used.lastUsedAt = clock.now();
      }
    },
  };
};
