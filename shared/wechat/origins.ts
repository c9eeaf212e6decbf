const LOOPBACK_HOSTS = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Parses a comma-separated list of origins. Plain `http:` is accepted for loopback only: a token must not cross a network unencrypted.
 * @throws {Error} naming the first part that is not an origin
 */
export function parseOrigins(text: string): readonly string[] {
  return text.split(',').map((part) => parseOrigin(part.trim()));
}

function parseOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.href !== `${url.origin}/`) {
    throw new Error(`"${text.slice(0, 64)}" is not an origin: write it like https://api.weixin.qq.com`);
  }
  if (url.protocol === 'http:' && !LOOPBACK_HOSTS.has(url.hostname)) {
    throw new Error(`"${text.slice(0, 64)}" must be https: only loopback may be http`);
  }
  return url.origin;
}
