import { randomBytes } from 'node:crypto';
import type { Answer } from './answers.ts';
import type { Call } from './call.ts';
import { epochSeconds } from './periods.ts';
import { Refusal } from './refusal.ts';

const REMEMBERED_CALLS = 1_000;
const REMEMBERED_BODY_BYTES = 10_000;
const LIFETIME_MS = 7 * 86_400_000;

/** A new request id in WeChat's shape: the time in hex and two random parts. */
export function newRid(now: number): string {
  const random = randomBytes(8).toString('hex');
  return `${epochSeconds(now).toString(16)}-${random.slice(0, 8)}-${random.slice(8)}`;
}

interface KeptCall {
  appId: string;
  at: number;
  request: object;
}

/** The last failed calls by rid, for openapi/rid/get. `sns/*` is not kept, as on WeChat. */
export class RidBook {
  readonly #calls = new Map<string, KeptCall>();

  keep(appId: string, call: Call, answer: Answer): void {
    this.#calls.set(call.rid, { appId, at: call.at, request: describe(call, answer) });
    const [oldest] = this.#calls.keys();
    if (this.#calls.size > REMEMBERED_CALLS && oldest !== undefined) this.#calls.delete(oldest);
  }

  /**
   * What openapi/rid/get tells of a call (doc/service/api/apimanage/api_getridinfo). Throws 76002 for a malformed rid, 76001
   * for an unknown one, 76003 for another account's, 76004 after seven days.
   */
  find(rid: string, appId: string, now: number): object {
    if (!/^[0-9a-f]+-[0-9a-f]+-[0-9a-f]+$/.test(rid)) throw new Refusal(76002);
    const kept = this.#calls.get(rid);
    if (!kept) throw new Refusal(76001);
    if (kept.appId !== appId) throw new Refusal(76003);
    if (now - kept.at > LIFETIME_MS) throw new Refusal(76004);
    return kept.request;
  }
}

/** request_url is the query string, access_token and all: WeChat really gives it back. */
function describe(call: Call, answer: Answer): object {
  return {
    invoke_time: epochSeconds(call.at),
    cost_in_ms: 30,
    request_url: call.url.split('?').slice(1).join('?'),
    request_body: call.body.subarray(0, REMEMBERED_BODY_BYTES).toString(),
    response_body: answer.body.subarray(0, REMEMBERED_BODY_BYTES).toString(),
    client_ip: call.remoteAddress,
  };
}
