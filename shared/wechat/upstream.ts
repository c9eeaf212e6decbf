import type { Clock } from '../clock.ts';
import { CONNECT_TIMEOUT_MS } from './connect-timeout.ts';
import {
  type AttemptLimits,
  type UpstreamAnswer,
  UpstreamFailure,
  type UpstreamRequest,
  type WechatApi,
} from './wechat-api.ts';

/** When a second host may be tried: also after the request was sent, or only when it certainly was not. */
export type Failover = 'after-sending-too' | 'never-after-sending';

/** The limits of a whole call: `deadline` ends both attempts together, the other limits and `onSend` hold for each attempt. */
export interface CallLimits extends AttemptLimits {
  /**
   * A second attempt starts only if this much is left before the deadline, in milliseconds. When absent, the longest an attempt may
   * rightly take until its first byte: connecting plus `firstByteTimeoutMs`.
   */
  readonly secondAttemptNeedsMs?: number;
}

/** WeChat's API behind one or several hosts. */
export interface Upstream {
  /**
   * Sends a request to the first host that is not known to fail, and when that fails to one other: always when the request certainly
   * was not sent, after sending only if `failover` allows it. Every HTTP status is an answer and ends the call.
   *
   * A request with a `wechatmp-signature` header goes to the first host only, because the host is part of what was signed (miniprogram/dev/server/getting_started/api_signature).
   * @throws {UpstreamFailure} the last attempt's; `sent` is true if any attempt's request may have left
   * @throws whatever `limits.onSend` throws
   */
  call(request: UpstreamRequest, limits: CallLimits, failover: Failover): Promise<UpstreamAnswer>;
}

/** An upstream that can be told of a call before its request is known. */
export interface AheadUpstream extends Upstream {
  /**
   * Begins to connect to the host that the next call tries first, so that connecting takes its time beside what must come before that call, and not after
   * it: see {@link WechatApi.connectAhead}. Sends nothing; a connection that does not come is no error.
   */
  connectAhead(): void;
}

/** The failing host is tried last for this long. */
const AVOID_MS = 60_000;
const SIGNATURE_HEADER = 'wechatmp-signature';

const mayFailOver = (failure: UpstreamFailure, failover: Failover): boolean => {
  // These say nothing about the host, and another one would not do better.
  if (failure.kind === 'deadline' || failure.kind === 'answer-too-large') {
    return false;
  }
  return !failure.sent || failover === 'after-sending-too';
};

const upstreamFailure = (error: unknown): UpstreamFailure => {
  if (error instanceof UpstreamFailure) {
    return error;
  }
  throw error;
};

/** The second attempt's failure, which must not hide that the first one may have reached WeChat. */
const afterFirst = (first: UpstreamFailure, second: UpstreamFailure): UpstreamFailure =>
  first.sent && !second.sent ? new UpstreamFailure(second.kind, second.origin, true, second.cause) : second;

/**
 * Fails over between `origins`, in their order (doc/service/Basic_Information/Interface_field_description.html: the general host first, the
 * disaster-recovery host when it cannot be reached). A host that failed is tried last for 60 s; that is remembered by this object.
 * @throws {TypeError} when `origins` is empty
 */
export const createUpstream = ({
  api,
  origins,
  clock,
}: {
  api: WechatApi;
  origins: readonly string[];
  clock: Clock;
}): AheadUpstream => {
  const avoidUntil = new Map<string, number>();
  const [firstOrigin, secondOrigin] = origins;
  if (firstOrigin === undefined) {
    throw new TypeError('no origin to call: name at least one');
  }

  const inOrder: readonly [string, string?] = secondOrigin === undefined ? [firstOrigin] : [firstOrigin, secondOrigin];

  const isAvoided = (origin: string): boolean => (avoidUntil.get(origin) ?? 0) > clock.now();
  const hostsInTurn = (): readonly [string, string?] => {
    if (avoidUntil.size === 0) {
      return inOrder;
    }
    const good = origins.filter((origin) => !isAvoided(origin));
    const [first = firstOrigin, second] = [...good, ...origins.filter(isAvoided)];
    return second === undefined ? [first] : [first, second];
  };
  const hostsFor = (request: UpstreamRequest): readonly [string, string?] =>
    Object.hasOwn(request.headers, SIGNATURE_HEADER) ? [firstOrigin] : hostsInTurn();
  const covers = ({ deadline, firstByteTimeoutMs, secondAttemptNeedsMs }: CallLimits): boolean =>
    deadline - clock.now() >= (secondAttemptNeedsMs ?? CONNECT_TIMEOUT_MS + firstByteTimeoutMs);

  const noteFailure = (origin: string, error: unknown, failover: Failover): UpstreamFailure => {
    const failure = upstreamFailure(error);
    if (mayFailOver(failure, failover)) {
      avoidUntil.set(origin, clock.now() + AVOID_MS);
    }
    return failure;
  };

  return {
    connectAhead() {
      const [host] = hostsInTurn();
      api.connectAhead(host);
    },

    async call(request, limits, failover) {
      const [host, otherHost] = hostsFor(request);
      let first: UpstreamFailure;
      try {
        return await api.attempt(host, request, limits);
      } catch (error) {
        first = noteFailure(host, error, failover);
      }
      if (otherHost === undefined || !mayFailOver(first, failover) || !covers(limits)) {
        throw first;
      }
      try {
        return await api.attempt(otherHost, request, limits);
      } catch (error) {
        throw afterFirst(first, noteFailure(otherHost, error, failover));
      }
    },
  };
};
