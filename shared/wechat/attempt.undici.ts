import type { Dispatcher } from 'undici';
import type { Clock } from '../clock.ts';
import { CONNECT_TIMEOUT_MS } from './connect-timeout.ts';
import { connectFailureKind, errorCode, exchangeFailureKind } from './failure-kind.undici.ts';
import { type AttemptLimits, type UpstreamAnswer, UpstreamFailure, type UpstreamFailureKind } from './wechat-api.ts';

/** Node's timers fire at once when asked for more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Monotonic and finer than a millisecond, as `performance.now()` is, for which Node loads ten modules more at the first use. */
const uptimeMs = (): number => process.uptime() * 1_000;

/** undici hands HTTP/1.1 headers over as name, value, name, value; latin1 keeps one character per byte. */
const rawHeaders = (raw: Dispatcher.DispatchController['rawHeaders']): [string, string][] => {
  const parts = Array.isArray(raw) ? raw : [];
  const headers: [string, string][] = [];
  for (let i = 0; i < parts.length; i += 2) {
    headers.push([parts[i]?.toString('latin1') ?? '', parts[i + 1]?.toString('latin1') ?? '']);
  }
  return headers;
};

/**
 * One exchange as undici reports it. Settles `answer` exactly once: with the whole answer, with an UpstreamFailure, or with what
 * `onSend` threw. Never lets the request go out twice, nor at all once it has settled.
 */
export class Attempt implements Dispatcher.DispatchHandler {
  readonly answer: Promise<UpstreamAnswer>;
  readonly #settle = Promise.withResolvers<UpstreamAnswer>();
  readonly #origin: string;
  readonly #limits: AttemptLimits;
  /** By the clock, and by the process's uptime: what passes between is measured by the latter, whatever becomes of the clock. */
  readonly #startedAt: number;
  readonly #startedUptimeMs = uptimeMs();
  /** What ends next: connecting, then the wait for the first byte, then the whole; and what it is called when it does. */
  #phaseEndsAt = 0;
  #phase: UpstreamFailureKind = 'deadline';
  /** One for all phases, since nearly every attempt is over before it fires: when it does, it looks again at what ends next. */
  #timer: NodeJS.Timeout | undefined;
  #timerEndsAt = Number.POSITIVE_INFINITY;
  #controller: Dispatcher.DispatchController | undefined;
  #sent = false;
  #settled = false;
  #status = 0;
  #headers: [string, string][] = [];
  #chunks: Uint8Array[] = [];
  #size = 0;

  constructor(origin: string, limits: AttemptLimits, clock: Clock) {
    this.answer = this.#settle.promise;
    this.#origin = origin;
    this.#limits = limits;
    this.#startedAt = clock.now();
    this.#enterPhase('connect-timeout', CONNECT_TIMEOUT_MS);
  }

  /** Runs synchronously just before undici writes the request; throwing sends nothing and leaves the pool usable. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#settled || this.#sent) {
      throw new Error('this attempt is over');
    }
    try {
      this.#limits.onSend?.();
    } catch (reason) {
      this.#giveUp(reason);
      throw reason;
    }
    this.#sent = true;
    this.#controller = controller;
    this.#enterPhase('first-byte-timeout', this.#limits.firstByteTimeoutMs);
  }

  /** The first byte of the answer. */
  onResponseStarted(): void {
    this.#enterPhase('deadline', Number.POSITIVE_INFINITY);
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    // Interim answers (1xx) come here too; the last one is the answer.
    this.#status = status;
    this.#headers = rawHeaders(controller.rawHeaders);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    this.#size += chunk.byteLength;
    if (this.#size > this.#limits.maxAnswerBytes) {
      this.#fail('answer-too-large');
      return;
    }
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const body = Buffer.concat(this.#chunks);
    this.#finish(() =>
      this.#settle.resolve({ status: this.#status, headers: this.#headers, body, origin: this.#origin }),
    );
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.#fail(this.#sent ? exchangeFailureKind(error) : connectFailureKind(error), error);
  }

  #enterPhase(phase: UpstreamFailureKind, longestMs: number): void {
    const now = this.#now();
    const { deadline } = this.#limits;
    this.#phase = now + longestMs < deadline ? phase : 'deadline';
    this.#phaseEndsAt = Math.min(now + longestMs, deadline);
    if (this.#phaseEndsAt < this.#timerEndsAt) this.#setTimer(now);
  }

  #setTimer(now: number): void {
    clearTimeout(this.#timer);
    // Up, so that no phase ends a moment early.
    const durationMs = Math.min(Math.max(0, Math.ceil(this.#phaseEndsAt - now)), LONGEST_TIMER_MS);
    this.#timerEndsAt = now + durationMs;
    this.#timer = setTimeout(() => this.#endTimer(), durationMs);
  }

  #endTimer(): void {
    // Node's timers may end a moment early, and late by as much as the program was busy.
    const now = Math.max(this.#timerEndsAt, this.#now());
    if (this.#phaseEndsAt > now) this.#setTimer(now);
    else this.#fail(this.#phase);
  }

  #now(): number {
    return this.#startedAt + uptimeMs() - this.#startedUptimeMs;
  }

  #fail(kind: UpstreamFailureKind, error?: Error): void {
    // The cause is a bare code or class name: undici's errors may hold bytes of the answer, and an answer may quote the request.
    const failure = new UpstreamFailure(kind, this.#origin, this.#sent, error && (errorCode(error) || error.name));
    this.#giveUp(failure);
    this.#controller?.abort(failure);
  }

  #giveUp(reason: unknown): void {
    this.#finish(() => this.#settle.reject(reason));
  }

  #finish(settle: () => void): void {
    if (this.#settled) {
      return;
    }
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#chunks = [];
    settle();
  }
}
