/** One HTTP request to WeChat, complete but for the host. */
export interface UpstreamRequest {
  readonly method: 'GET' | 'POST';
  /** Starts with `/`; goes out byte for byte. */
  readonly path: string;
  /** Without the `?`; goes out byte for byte; empty for none. */
  readonly query: string;
  /** Lower-case names. Content-Length is added from the body and nothing else is. */
  readonly headers: Readonly<Record<string, string>>;
  /** Goes out as it is, never chunked. `undefined` for GET. */
  readonly body: Uint8Array | undefined;
}

/** How long one attempt may take and how much it may bring back. */
export interface AttemptLimits {
  /** From sending to the first byte of the answer. */
  readonly firstByteTimeoutMs: number;
  /** The attempt's end whatever it is doing, epoch milliseconds. */
  readonly deadline: number;
  /** Reading stops with kind `answer-too-large` past this many body bytes. */
  readonly maxAnswerBytes: number;
  /**
   * Called synchronously just before the request is written. Throwing gives up: nothing is sent and the error is
   * rethrown as it is.
   */
  readonly onSend?: () => void;
}

/** WeChat's answer: business errors are HTTP 200 too, so any status is an answer here. */
export interface UpstreamAnswer {
  readonly status: number;
  /** In WeChat's order and spelling. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  /** The origin that answered, such as `https://api.weixin.qq.com`. */
  readonly origin: string;
}

/** WeChat's servers over HTTP. */
export interface WechatApi {
  /**
   * Begins to connect to an origin that an attempt is about to need, unless that has been done, or the origin called, within the last 3 s. The next attempt
   * waits for this connection, for a second at most, and opens its own where it does not come. Sends nothing; a connection that does not come is no error.
   * @throws {TypeError} when the origin is not valid HTTP
   */
  connectAhead(origin: string): void;
  /**
   * Sends one request to one origin and reads the whole answer. Never follows redirects, never decodes, never retries.
   * @throws {UpstreamFailure} for everything that is not a complete answer
   */
  attempt(origin: string, request: UpstreamRequest, limits: AttemptLimits): Promise<UpstreamAnswer>;
}

/** What went wrong with an attempt, as metrics and logs name it. */
export type UpstreamFailureKind =
  | 'dns'
  | 'connect'
  | 'connect-timeout'
  | 'tls'
  | 'first-byte-timeout'
  | 'deadline'
  | 'reset'
  | 'malformed'
  | 'answer-too-large';

/** An attempt that brought no complete answer. Holds no part of the request, so it is safe to log. */
export class UpstreamFailure extends Error {
  override readonly name = 'UpstreamFailure';
  readonly kind: UpstreamFailureKind;
  readonly origin: string;
  /** Whether any byte of the request may have left: witnessed at the socket, not guessed from error codes. */
  readonly sent: boolean;

  constructor(kind: UpstreamFailureKind, origin: string, sent: boolean, cause?: unknown) {
    super(`${origin}: ${kind} ${sent ? 'after' : 'before'} the request was sent`, { cause });
    this.kind = kind;
    this.origin = origin;
    this.sent = sent;
  }
}
