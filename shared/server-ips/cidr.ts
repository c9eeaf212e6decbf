import ipaddr from 'ipaddr.js';
import { type Interval, type Intervals, union } from './intervals.ts';
import type { Ranges } from './ranges.ts';

/** A set of addresses of both families. */
export interface AddressSet {
  readonly v4: Intervals;
  readonly v6: Intervals;
}

/** An address family, as the fields of {@link Ranges} are called. */
export type Family = keyof AddressSet;

/** One address or CIDR range. */
export interface ParsedRange extends Interval {
  readonly family: Family;
  readonly prefixLength: number;
}

const BITS = { v4: 32, v6: 128 } as const;

/**
 * An address or CIDR range, IPv4 in four decimal parts or IPv6 without a zone; bits below the prefix length count as zero (RFC 4632). A single
 * address has the longest prefix length. `undefined` for any other text.
 */
export function parseRange(text: string): ParsedRange | undefined {
  const [address = '', prefix, ...others] = text.trim().split('/');
  const family = familyOf(address);
  if (family === undefined || others.length > 0) return undefined;
  const bits = BITS[family];
  if (prefix !== undefined && !/^(0|[1-9]\d{0,2})$/.test(prefix)) return undefined;
  const prefixLength = prefix === undefined ? bits : Number(prefix);
  if (prefixLength > bits) return undefined;
  const hostBits = BigInt(bits - prefixLength);
  const first = (numberOf(ipaddr.parse(address).toByteArray()) >> hostBits) << hostBits;
  return { family, prefixLength, first, last: first + (1n << hostBits) - 1n };
}

/** The set of all addresses in these ranges, in any order, overlapping and repeated as they come. */
export function addressSetOf(ranges: readonly ParsedRange[]): AddressSet {
  const of = (family: Family) => union(ranges.filter((range) => range.family === family));
  return { v4: of('v4'), v6: of('v6') };
}

/** The set that these ranges of ours stand for. @throws {TypeError} for a text that is no range: stored ranges always are */
export function addressSetOfRanges({ v4, v6 }: Ranges): AddressSet {
  return { v4: union(v4.map(parseOwnRange)), v6: union(v6.map(parseOwnRange)) };
}

/** The one normal form of a set, see {@link Ranges}. */
export function rangesOf({ v4, v6 }: AddressSet): Ranges {
  return {
    v4: v4.flatMap((interval) => cidrsOf(interval, 'v4')),
    v6: v6.flatMap((interval) => cidrsOf(interval, 'v6')),
  };
}

function familyOf(address: string): Family | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return 'v4';
  return ipaddr.IPv6.isValid(address) && !address.includes('%') ? 'v6' : undefined;
}

function parseOwnRange(text: string): ParsedRange {
  const range = parseRange(text);
  if (range === undefined) throw new TypeError(`"${text.slice(0, 64)}" is not an address range`);
  return range;
}

/** Always the largest block that starts where the last one ended and does not go too far. */
function cidrsOf({ first, last }: Interval, family: Family): readonly string[] {
  const cidrs: string[] = [];
  for (let start = first; start <= last; ) {
    let hostBits = 0;
    while (hostBits < BITS[family] && fits(start, hostBits + 1, last)) hostBits += 1;
    cidrs.push(`${addressText(start, family)}/${BITS[family] - hostBits}`);
    start += 1n << BigInt(hostBits);
  }
  return cidrs;
}

function fits(start: bigint, hostBits: number, last: bigint): boolean {
  const size = 1n << BigInt(hostBits);
  return (start & (size - 1n)) === 0n && start + size - 1n <= last;
}

function numberOf(bytes: readonly number[]): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function addressText(number: bigint, family: Family): string {
  const bytes = Buffer.from(number.toString(16).padStart(BITS[family] / 4, '0'), 'hex');
  const address = ipaddr.fromByteArray([...bytes]);
  return address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();
}
