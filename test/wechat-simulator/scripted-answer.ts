import { type Answer, bytes, type ErrorStyle, json, refused } from './answers.ts';
import type { Call } from './call.ts';
import { ERRMSGS, invalidIp, LIVE_40001 } from './errmsgs.ts';
import type { Fault } from './faults.ts';

const HTML =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body>\r\n</html>\r\n';
const HTML_TYPE = 'text/html; charset=utf-8';

/** The answer that a fault puts in the place of the call's work, or undefined when the work is to be done. */
export function scriptedAnswer(fault: Fault, call: Call, style: ErrorStyle = {}): Answer | undefined {
  if (fault.kind === 'errcode') {
    return errcodeAnswer(fault, call, { ...style, ...(fault.wrapped ? { wrapped: fault.wrapped } : {}) });
  }
  if (fault.kind === 'status') {
    return { ...bytes(Buffer.from(fault.body ?? HTML), fault.contentType ?? HTML_TYPE), status: fault.status };
  }
  if (fault.kind === 'html') return bytes(Buffer.from(HTML), HTML_TYPE);
  if (fault.kind === 'body') return { ...json('', fault.contentType), body: Buffer.from(fault.body) };
  return undefined;
}

/** A scripted errmsg is sent exactly as given; the default is the code's own text with a rid. */
function errcodeAnswer(fault: Fault & { kind: 'errcode' }, call: Call, style: ErrorStyle): Answer {
  if (fault.errmsg === undefined) return refused(fault.errcode, errmsg(fault, call, style), call.rid, style);
  const error = { errcode: fault.errcode, errmsg: fault.errmsg };
  const answer = json(style.wrapped ? { base_resp: error } : error, style.errorContentType);
  return { ...answer, errcode: Number(fault.errcode) };
}

function errmsg(fault: Fault & { kind: 'errcode' }, call: Call, style: ErrorStyle): string {
  const errcode = Number(fault.errcode);
  if (errcode === 40164) return invalidIp(call.remoteAddress);
  if (errcode === 40001 && style.ridSeparator === undefined) return LIVE_40001;
  return ERRMSGS[errcode] ?? 'error';
}
