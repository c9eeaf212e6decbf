import {
  type Item,
  malformed,
  numberOf,
  optionalNumberOf,
  optionalTextOf,
  textOf,
} from '../table/attributes.dynamodb.ts';
import type { ListState, ListVersion, PendingList, RefusedList, VersionReason } from './list-state.ts';
import type { UnusableReason } from './observation.ts';
import { rangesOfText, textOfRanges } from './ranges.ts';

const REASONS: readonly VersionReason[] = ['first', 'observed', 'confirmed', 'approved'];
const UNUSABLE: readonly UnusableReason[] = ['empty', 'unparsable', 'forbidden', 'too-large'];

/** The attributes of a version, in the current item and in the history. */
export function versionAttributes({ version, ranges, previous, at, account, reason }: ListVersion): Item {
  return {
    version: { N: String(version) },
    ranges: { S: textOfRanges(ranges) },
    previousRanges: { S: textOfRanges(previous) },
    appliedAt: { N: String(at) },
    account: { S: account },
    reason: { S: reason },
  };
}

/** @throws {MalformedItem} */
export function versionOf(item: Item): ListVersion {
  return {
    version: numberOf(item, 'version'),
    ranges: rangesOfText(textOf(item, 'ranges')),
    previous: rangesOfText(textOf(item, 'previousRanges')),
    at: numberOf(item, 'appliedAt'),
    account: textOf(item, 'account'),
    reason: oneOf(item, 'reason', REASONS),
  };
}

/** The attributes of a list's state; what there is none of has none. */
export function stateAttributes({ applied, tellingUntil, pending, refused, checked }: ListState): Item {
  return {
    ...(applied && versionAttributes(applied)),
    ...(tellingUntil !== undefined && { tellingUntil: { N: String(tellingUntil) } }),
    ...(pending && {
      pendingRanges: { S: textOfRanges(pending.ranges) },
      pendingSince: { N: String(pending.since) },
      pendingDays: { S: pending.days.join(' ') },
      pendingAccount: { S: pending.account },
    }),
    ...(refused && {
      refusedReason: { S: refused.reason },
      refusedText: { S: refused.text },
      refusedAt: { N: String(refused.at) },
      refusedAccount: { S: refused.account },
    }),
    ...(checked && { checkedAt: { N: String(checked.at) }, checkedAccount: { S: checked.account } }),
  };
}

/** @throws {MalformedItem} */
export function stateOf(item: Item): ListState {
  const checkedAt = optionalNumberOf(item, 'checkedAt');
  return {
    applied: item['version'] === undefined ? undefined : versionOf(item),
    tellingUntil: optionalNumberOf(item, 'tellingUntil'),
    pending: pendingOf(item),
    refused: refusedOf(item),
    checked: checkedAt === undefined ? undefined : { at: checkedAt, account: textOf(item, 'checkedAccount') },
  };
}

function pendingOf(item: Item): PendingList | undefined {
  const text = optionalTextOf(item, 'pendingRanges');
  if (text === undefined) return undefined;
  return {
    ranges: rangesOfText(text),
    since: numberOf(item, 'pendingSince'),
    days: textOf(item, 'pendingDays').split(' '),
    account: textOf(item, 'pendingAccount'),
  };
}

function refusedOf(item: Item): RefusedList | undefined {
  if (item['refusedReason'] === undefined) return undefined;
  return {
    reason: oneOf(item, 'refusedReason', UNUSABLE),
    text: textOf(item, 'refusedText'),
    at: numberOf(item, 'refusedAt'),
    account: textOf(item, 'refusedAccount'),
  };
}

function oneOf<Value extends string>(item: Item, attribute: string, values: readonly Value[]): Value {
  const value = values.find((one) => one === textOf(item, attribute));
  if (value === undefined) throw malformed(item, attribute);
  return value;
}
