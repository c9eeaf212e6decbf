import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { MalformedItem } from './malformed-item.ts';

/** An item as the DynamoDB client returns it. */
export type Item = Record<string, AttributeValue>;

/** @throws {MalformedItem} when the attribute is absent or not a string */
export function textOf(item: Item, attribute: string): string {
  const text = item[attribute]?.S;
  if (text === undefined) throw malformed(item, attribute);
  return text;
}

/** `undefined` when absent. @throws {MalformedItem} when it is not a string */
export function optionalTextOf(item: Item, attribute: string): string | undefined {
  return item[attribute] === undefined ? undefined : textOf(item, attribute);
}

/** @throws {MalformedItem} when the attribute is absent or not a finite number */
export function numberOf(item: Item, attribute: string): number {
  const number = Number(item[attribute]?.N);
  if (!Number.isFinite(number)) throw malformed(item, attribute);
  return number;
}

/** `undefined` when absent. @throws {MalformedItem} when it is not a finite number */
export function optionalNumberOf(item: Item, attribute: string): number | undefined {
  return item[attribute] === undefined ? undefined : numberOf(item, attribute);
}

/** The error for an attribute that is not what our own code writes. */
export function malformed(item: Item, attribute: string): MalformedItem {
  return new MalformedItem(item['pk']?.S ?? '(no key)', attribute);
}
