import { createHash } from 'node:crypto';

/** What a signature covers besides the ticket. */
export interface SignedPage {
  /** The page's address, fragment and all; the fragment is not signed. */
  readonly url: string;
  readonly nonceStr: string;
  /** Epoch seconds. */
  readonly timestamp: number;
}

/**
 * The signature that `wx.config` takes: hex SHA-1 over ticket, nonce, time and URL in this order, nothing escaped
 * (doc/service/guide/h5/jssdk.html, appendix 1). The same arguments give the same signature.
 */
export function jsSignature(ticket: string, { url, nonceStr, timestamp }: SignedPage): string {
  const [page = ''] = url.split('#', 1);
  const signed = `jsapi_ticket=${ticket}&noncestr=${nonceStr}&timestamp=${timestamp}&url=${page}`;
  return createHash('sha1').update(signed).digest('hex');
}
