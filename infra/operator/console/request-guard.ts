import type { IncomingHttpHeaders } from 'node:http';

/** Why a request gets no answer: its HTTP status, and a text for whoever made it by hand. */
export interface GuardRefusal {
  readonly status: number;
  readonly text: string;
}

const NOT_HERE: GuardRefusal = {
  status: 421,
  text: 'The console answers only at the address that it shows: a name that somebody else chose could lead here too.',
};
const OTHER_SITE: GuardRefusal = {
  status: 403,
  text: 'Another site led here. Open the console by typing its address.',
};
const ONLY_GET: GuardRefusal = { status: 405, text: 'The console changes nothing: it takes GET only.' };

/**
 * Lets in only what a person or the console's own page asks for. A browser that was led here by another site says so, whichever way that site went:
 * by a name that resolves to loopback (`Host`), by a script (`Origin`), or by anything else (`Sec-Fetch-Site`, https://www.w3.org/TR/fetch-metadata/).
 * @param port where the console listens
 */
export function guardRequest(
  method: string | undefined,
  headers: IncomingHttpHeaders,
  port: number,
): GuardRefusal | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host = '', origin } = headers;
  if (!hosts.includes(host)) return NOT_HERE;
  if (origin !== undefined && origin !== `http://${host}`) return OTHER_SITE;
  const site = headers['sec-fetch-site'] ?? 'none';
  if (site !== 'none' && site !== 'same-origin') return OTHER_SITE;
  return method === 'GET' ? undefined : ONLY_GET;
}
