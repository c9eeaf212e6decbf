/**
 * Checks the path under which the gateway is mounted, such as `/wechat`.
 * @throws {Error} saying what is wrong; the text must start with `/`, not end with one, and hold plain segments
 */
export function parsePathPrefix(text: string): string {
  if (/^(\/[A-Za-z0-9_-]+)+$/.test(text)) return text;
  throw new Error(`"${text.slice(0, 64)}" is not a path prefix: write it like /wechat, without a slash at its end`);
}

/** The path below the prefix, or `undefined` when the path is not under it. The prefix is compared exactly. */
export function stripPathPrefix(path: string, prefix: string): string | undefined {
  if (prefix === '') return path;
  return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : undefined;
}
