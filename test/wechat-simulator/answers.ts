/** What the simulator answers, before any fault spoils it. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
  /** The errcode in the body, if it has one. */
  errcode?: number;
}

/** WeChat's own spelling of the JSON type ("encoding" instead of "charset"). */
const JSON_TYPE = 'application/json; encoding=utf-8';

/** What media errors and all of `sns/*` use for JSON. */
export const TEXT_PLAIN = 'text/plain';

/** A successful JSON answer. A string is sent as it is, so that an endpoint can write 64-bit integers. */
export function json(content: object | string, contentType: string = JSON_TYPE): Answer {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const errcode = /^\{(?:"base_resp":\{)?"errcode":0[,}]/.test(text) ? { errcode: 0 } : {};
  return { status: 200, headers: { 'content-type': contentType }, body: Buffer.from(text), ...errcode };
}

/** `{"errcode":0,"errmsg":"ok"}` and whatever the call adds. */
export function ok(more: object = {}): Answer {
  return json({ errcode: 0, errmsg: 'ok', ...more });
}

/** A file: bytes with their type, and a name if it has one. */
export function bytes(body: Buffer, contentType: string, filename?: string): Answer {
  const disposition =
    filename === undefined ? {} : { 'content-disposition': `attachment; filename="${encodeURI(filename)}"` };
  return { status: 200, headers: { 'content-type': contentType, ...disposition }, body };
}

/** How an endpoint dresses its errors; the two rid spellings are both live. */
export interface ErrorStyle {
  ridSeparator?: string;
  errorContentType?: string;
  wrapped?: 'base_resp';
}

/** An error in WeChat's shape, HTTP 200. The errmsg ends in the rid: ` rid: a-b-c`, or `, rid: a-b-c` on `sns/*`. */
export function refused(errcode: number | string, errmsg: string, rid: string, style: ErrorStyle = {}): Answer {
  const error = { errcode, errmsg: `${errmsg}${style.ridSeparator ?? ' '}rid: ${rid}` };
  const answer = json(style.wrapped ? { base_resp: error } : error, style.errorContentType);
  return { ...answer, errcode: Number(errcode) };
}

/** What WeChat's front answers to a chunked request body: 412 with nothing in it. */
export function preconditionFailed(): Answer {
  return { status: 412, headers: {}, body: Buffer.alloc(0) };
}
