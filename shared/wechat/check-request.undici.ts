import type { UpstreamRequest } from './wechat-api.ts';

/** The bytes undici lets through in a request target. */
const TARGET = /^[!-\u00ff]*$/;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
/** RFC 9110 section 5.5: visible characters, spaces, tabs and the upper half of latin1. */
// oxlint-disable-next-line no-control-regex -- a tab is allowed in a field value
const HEADER_VALUE = /^[\t -~\u0080-\u00ff]*$/;
/** Set by undici itself, or refused by it. */
const RESERVED_HEADERS = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'upgrade',
  'expect',
]);

const refuse = (fault: string): never => {
  throw new TypeError(`request to WeChat refused, nothing was sent: ${fault}`);
};

const checkHeader = (name: string, value: unknown): void => {
  if (!HEADER_NAME.test(name)) {
    refuse('a header name is not a lower-case token');
  }
  if (RESERVED_HEADERS.has(name)) {
    refuse(`the header ${name} is not the sender's to set`);
  }
  if (typeof value !== 'string' || !HEADER_VALUE.test(value)) {
    refuse(`the header ${name} holds characters that HTTP does not allow`);
  }
};

const checkBody = ({ method, body }: UpstreamRequest): void => {
  if (body !== undefined && !(body instanceof Uint8Array)) {
    refuse('the body is not bytes');
  }
  if (method === 'GET' && body !== undefined) {
    refuse('a GET has no body');
  }
};

/**
 * Refuses everything that undici 8 would refuse, before undici sees it: a request it refuses itself leaves its connection
 * busy for ever. Passing means undici sends the request byte for byte.
 * @throws {TypeError} naming the fault but no part of the request's values: the query holds the access token
 */
export const checkRequest = (request: UpstreamRequest): void => {
  if (request.method !== 'GET' && request.method !== 'POST') {
    refuse('the method is neither GET nor POST');
  }
  if (!request.path.startsWith('/') || !TARGET.test(request.path) || /[?#]/.test(request.path)) {
    refuse('the path does not start with / or holds a space, a ?, a # or a control character');
  }
  if (!TARGET.test(request.query)) {
    refuse('the query holds a space, a control character or a character outside latin1');
  }
  for (const name of Object.keys(request.headers)) {
    checkHeader(name, request.headers[name]);
  }
  checkBody(request);
};
