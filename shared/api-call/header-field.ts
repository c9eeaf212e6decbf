/**
 * Whether a value may stand in a header (RFC 9110 section 5.5): visible Latin-1, spaces and tabs. Any other must not reach undici, whose
 * connection stays busy for ever after refusing one.
 */
export function isFieldValue(value: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}

/**
 * Whether a lower-case name is one of the `Wechatmp-*` headers of signed and encrypted calls
 * (miniprogram/dev/server/getting_started/api_signature). They pass in both directions.
 */
export function isApiSecurityHeader(name: string): boolean {
  return name.startsWith('wechatmp-') && /^wechatmp-[a-z0-9-]+$/.test(name);
}
