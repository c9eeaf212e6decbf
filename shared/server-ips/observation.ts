import { addressSetOf, addressSetOfRanges, type ParsedRange, parseRange, rangesOf } from './cidr.ts';
import { type Ranges, textOfRanges } from './ranges.ts';

/** Why a list that WeChat gave is never applied by itself. */
export type UnusableReason = 'empty' | 'unparsable' | 'forbidden' | 'too-large';

/** A list as WeChat gave it. `text` is the offending entry, cut to 64 characters. */
export type Observation =
  | { readonly kind: 'list'; readonly ranges: Ranges }
  | { readonly kind: 'unusable'; readonly reason: UnusableReason; readonly text: string };

const LONGEST_TEXT = 64;

/** What one stored item holds twice with room to spare (DynamoDB's limit is 400 KB): some 5,000 ranges of IPv4. */
const LONGEST_LIST_CHARACTERS = 90_000;

/**
 * No address of WeChat's is in these: an entry that touches one would open a firewall to its own side, or to everybody. Unspecified, private, shared,
 * loopback, link-local, multicast and reserved addresses (IANA's special-purpose address registries, RFC 6890).
 */
const FORBIDDEN = addressSetOfRanges({
  v4: [
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '224.0.0.0/3',
  ],
  v6: ['::/128', '::1/128', '::ffff:0:0/96', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
});

/**
 * Reads the entries of an `ip_list`: addresses and CIDR ranges of both families, in any order. One entry that cannot be read, or that touches a
 * forbidden range, makes the whole list unusable.
 */
export function observe(entries: readonly unknown[]): Observation {
  const parsed: ParsedRange[] = [];
  for (const entry of entries) {
    const range = typeof entry === 'string' ? parseRange(entry) : undefined;
    if (range === undefined) return unusable('unparsable', entry);
    if (isForbidden(range)) return unusable('forbidden', entry);
    parsed.push(range);
  }
  if (parsed.length === 0) return unusable('empty', '');
  const ranges = rangesOf(addressSetOf(parsed));
  const { length } = textOfRanges(ranges);
  return length > LONGEST_LIST_CHARACTERS ? unusable('too-large', `${length} characters`) : { kind: 'list', ranges };
}

/** An unusable observation for what is no list of entries at all. */
export function unusable(reason: UnusableReason, entry: unknown): Observation {
  const text = typeof entry === 'string' ? entry : (JSON.stringify(entry) ?? 'undefined');
  return { kind: 'unusable', reason, text: text.slice(0, LONGEST_TEXT) };
}

function isForbidden({ family, prefixLength, first, last }: ParsedRange): boolean {
  return prefixLength === 0 || FORBIDDEN[family].some((range) => range.first <= last && first <= range.last);
}
