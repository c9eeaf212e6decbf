/** Which calls a fault spoils: those that fit, for the next `times` of them. */
interface FaultScope {
  /** Exact path, or a pattern; default: every path. */
  path?: string | RegExp;
  /** Default 1; Infinity for ever. */
  times?: number;
  /** Only calls of this account. */
  appId?: string;
}

/** What a fault does instead of, or to, the answer. `before` and `after` are seen from the work, such as issuing a token. */
type FaultKind =
  /** Answered before doing anything. */
  | { kind: 'errcode'; errcode: number | string; errmsg?: string; wrapped?: 'base_resp' }
  /** Default `before`. Real time, whatever the simulator's clock says. The work is done even if the client has gone. */
  | { kind: 'delay'; ms: number; when?: 'before' | 'after' }
  /** Never answers; the socket stays open until the client or `close()` ends it. Default `before`. */
  | { kind: 'hang'; when?: 'before' | 'after' }
  /** The socket ends with RST. Default `before`. */
  | { kind: 'reset'; when?: 'before' | 'after' }
  /** Work done; the full Content-Length announced, the body cut, the connection ended. */
  | { kind: 'truncate'; atByte: number }
  /** Nothing done; default body: a small HTML page, as a load balancer would send. */
  | { kind: 'status'; status: number; body?: string; contentType?: string }
  /** Nothing done; HTTP 200 with an HTML page. */
  | { kind: 'html' }
  /** Nothing done; HTTP 200 with this body, as JSON unless told otherwise. */
  | { kind: 'body'; body: string | Buffer; contentType?: string }
  /** Work done; one byte of the answer every `chunkMs`. */
  | { kind: 'drip'; chunkMs: number }
  /** Work done; the answer goes on with spaces for ever. */
  | { kind: 'endless' };

export type Fault = FaultScope & FaultKind;

/** The scripted faults. A call meets at most one: the first added that fits and has not been used up. */
export interface Faults {
  add(fault: Fault): void;
  clear(): void;
}

/** The faults' taking side. */
export class FaultQueue implements Faults {
  #waiting: { fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.#waiting = [];
  }

  /** The fault for this call, if any; it has then been used once. */
  take(path: string, appId: string | undefined): Fault | undefined {
    const hit = this.#waiting.find(({ fault, left }) => left > 0 && fits(fault, path, appId));
    if (!hit) return undefined;
    hit.left -= 1;
    this.#waiting = this.#waiting.filter(({ left }) => left > 0);
    return hit.fault;
  }
}

function fits(fault: Fault, path: string, appId: string | undefined): boolean {
  if (fault.appId !== undefined && fault.appId !== appId) return false;
  if (fault.path === undefined) return true;
  return typeof fault.path === 'string' ? fault.path === path : path.search(fault.path) >= 0;
}
