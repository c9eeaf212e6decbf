import { isAppId } from '../account/account.ts';

/** What `sync-quotas` is invoked with. */
export type QuotaRequest =
  /** `{}`, the schedule's: learn the quotas of all accounts. */
  | { readonly kind: 'learn-all' }
  /** Learn those of one account: the endpoint that is nearly used up, or, for operators, every one called today. */
  | { readonly kind: 'learn'; readonly appId: string; readonly endpoint: string | undefined }
  /** Set one endpoint's counter back, or all. */
  | { readonly kind: 'clear'; readonly appId: string; readonly endpoint: string | undefined }
  /** Tell what WeChat has recorded of a request. */
  | { readonly kind: 'rid'; readonly appId: string; readonly rid: string };

/** The event is none of ours. Repeats nothing of it. */
export class MalformedQuotaRequest extends TypeError {
  override readonly name = 'MalformedQuotaRequest';
}

/** A request id of WeChat's, such as `6aac0063-7ed08fb9-1250f724`. */
export function isRid(text: string): boolean {
  return /^[0-9a-f]{1,32}(-[0-9a-f]{1,32}){2}$/i.test(text);
}

/** The event of a request, as {@link parseQuotaRequest} reads it. */
export function quotaEvent({ kind, ...fields }: Exclude<QuotaRequest, { readonly kind: 'learn-all' }>): object {
  return { [kind]: fields };
}

/** @throws {MalformedQuotaRequest} for anything but `{}`, `{"learn": ...}`, `{"clear": ...}` and `{"rid": ...}` */
export function parseQuotaRequest(event: unknown): QuotaRequest {
  if (!isRecord(event)) throw new MalformedQuotaRequest('The event must be an object: {} for all accounts.');
  const [[kind, fields] = [], ...others] = Object.entries(event);
  if (kind === undefined) return { kind: 'learn-all' };
  if (others.length > 0 || !isRecord(fields)) throw new MalformedQuotaRequest('The event must have one object in it.');
  const { appId, endpoint, rid } = fields;
  if (typeof appId !== 'string' || !isAppId(appId)) throw new MalformedQuotaRequest('appId is no app ID.');
  if (kind === 'rid' && typeof rid === 'string' && isRid(rid)) return { kind, appId, rid };
  const isEndpoint = endpoint === undefined || (typeof endpoint === 'string' && endpoint.startsWith('/'));
  if ((kind === 'learn' || kind === 'clear') && isEndpoint) return { kind, appId, endpoint };
  throw new MalformedQuotaRequest('The event holds no learn, clear or rid with what belongs to it.');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
