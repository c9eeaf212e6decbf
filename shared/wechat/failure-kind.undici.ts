import type { UpstreamFailureKind } from './wechat-api.ts';

/** The code of a system, TLS or undici error; the empty string when it has none. Holds no part of a request. */
export const errorCode = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/**
 * Names what kept a connection from coming up. Codes: `man 3 errno`, nodejs.org/api/errors.html (dns, OpenSSL and TLS
 * sections). System errors are one word (`ECONNREFUSED`); certificate and TLS errors have an underscore, but for EPROTO.
 */
export const connectFailureKind = (error: unknown): UpstreamFailureKind => {
  const code = errorCode(error);
  if (code === 'ENOTFOUND' || code.startsWith('EAI_')) {
    return 'dns';
  }
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') {
    return 'connect-timeout';
  }
  return code === '' || code.startsWith('UND_ERR_') || /^E(?!PROTO$)[A-Z0-9]+$/.test(code) ? 'connect' : 'tls';
};

/** undici says HTTPParserError, without a code, for what is not HTTP and for an end too early; the latter has no bytes left over. */
const isNotHttp = (error: unknown): boolean =>
  error instanceof Error && error.name === 'HTTPParserError' && 'data' in error && error.data !== '';

/** Names what ended an exchange after the request was sent. An answer cut short by the peer is a reset. */
export const exchangeFailureKind = (error: unknown): UpstreamFailureKind =>
  isNotHttp(error) || errorCode(error) === 'UND_ERR_HEADERS_OVERFLOW' ? 'malformed' : 'reset';
