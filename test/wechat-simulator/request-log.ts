import type { IncomingHttpHeaders } from 'node:http';

const KEPT_REQUESTS = 50_000;
const DROPPED_AT_ONCE = 5_000;
const KEPT_BODY_BYTES = 256 * 1024 * 1024;

/** One request that reached the simulator whole, faults or not. */
export interface LoggedRequest {
  /** Epoch milliseconds on the simulator's clock. */
  at: number;
  method: string;
  /** Path and query exactly as sent. */
  url: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  rawHeaders: string[];
  body: Buffer;
  /** The account, where the request names one or carries a token that was issued here. */
  appId?: string;
  /** The errcode in the answer; absent while there is no answer, and when the answer has none. */
  answeredErrcode?: number;
  remoteAddress: string;
  /** The simulator's port. */
  localPort: number;
}

/** What arrived. The last 50,000 requests are kept (fewer when their bodies pass 256 MB); the counts are of all. */
export interface RequestLog {
  /** Oldest first; the same array object all the time. */
  readonly entries: readonly LoggedRequest[];
  /** Requests so far to this exact path, to paths that match, or in all. */
  count(path?: string | RegExp): number;
  /** Forgets entries and counts. */
  clear(): void;
  /** Resolves with the first request that fits, at once if it is already there; looks again when a request is answered. */
  waitFor(predicate: (request: LoggedRequest) => boolean): Promise<LoggedRequest>;
}

interface Waiter {
  predicate: (request: LoggedRequest) => boolean;
  resolve: (request: LoggedRequest) => void;
}

/** The log's writing side. */
export class RequestJournal implements RequestLog {
  readonly entries: LoggedRequest[] = [];
  readonly #counts = new Map<string, number>();
  readonly #waiters = new Set<Waiter>();
  #bodyBytes = 0;

  add(request: LoggedRequest): void {
    this.entries.push(request);
    this.#bodyBytes += request.body.length;
    this.#counts.set(request.path, (this.#counts.get(request.path) ?? 0) + 1);
    if (this.entries.length > KEPT_REQUESTS) this.#drop(DROPPED_AT_ONCE);
    while (this.#bodyBytes > KEPT_BODY_BYTES) this.#drop(1);
    this.#tellWaiters(request);
  }

  answered(request: LoggedRequest, errcode: number | undefined): void {
    if (errcode === undefined) return;
    request.answeredErrcode = errcode;
    this.#tellWaiters(request);
  }

  count(path?: string | RegExp): number {
    if (typeof path === 'string') return this.#counts.get(path) ?? 0;
    let total = 0;
    for (const [one, count] of this.#counts) if (!path || one.search(path) >= 0) total += count;
    return total;
  }

  clear(): void {
    this.#drop(this.entries.length);
    this.#counts.clear();
  }

  waitFor(predicate: (request: LoggedRequest) => boolean): Promise<LoggedRequest> {
    const found = this.entries.find(predicate);
    if (found) return Promise.resolve(found);
    return new Promise((resolve) => this.#waiters.add({ predicate, resolve }));
  }

  #drop(count: number): void {
    for (const dropped of this.entries.splice(0, count)) this.#bodyBytes -= dropped.body.length;
  }

  #tellWaiters(request: LoggedRequest): void {
    for (const waiter of this.#waiters) {
      if (!waiter.predicate(request)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(request);
    }
  }
}
