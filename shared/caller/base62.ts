import { randomInt } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * A whole number from 0 to 2^53 - 1 as base62, padded with zeros to a fixed width.
 * @throws {RangeError} when it is no such number or does not fit
 */
export function encodeBase62(value: number, width: number): string {
  let rest = value;
  let text = '';
  for (let place = 0; place < width; place += 1) {
    text = ALPHABET.charAt(rest % ALPHABET.length) + text;
    rest = Math.floor(rest / ALPHABET.length);
  }
  if (!Number.isSafeInteger(value) || value < 0 || rest > 0) {
    throw new RangeError(`The number does not fit into ${width} base62 characters.`);
  }
  return text;
}

/** The number that {@link encodeBase62} wrote; the text must be base62 and small enough to be exact. */
export function decodeBase62(text: string): number {
  return Array.from(text).reduce((value, digit) => value * ALPHABET.length + ALPHABET.indexOf(digit), 0);
}

/** Evenly distributed characters from the system's cryptographic source. */
export function randomBase62(length: number): string {
  return Array.from({ length }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
}

/** Whether the text is exactly so many base62 characters. */
export function isBase62(text: string, length: number): boolean {
  return text.length === length && /^[A-Za-z0-9]*$/.test(text);
}
