import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** An item as the DynamoDB client returns it. */
export type Item = Record<string, AttributeValue>;

/** Thrown when a stored item is not what our own code writes: never taken for "not found". */
export class MalformedItem extends Error {
  override readonly name = 'MalformedItem';

  constructor(item: Item, attribute: string) {
    super(`The item ${item['pk']?.S ?? '(no key)'} has no usable attribute "${attribute}"`);
  }
}

/** @throws {MalformedItem} when the attribute is absent or not a string */
export function textOf(item: Item, attribute: string): string {
  const text = item[attribute]?.S;
  if (text === undefined) throw new MalformedItem(item, attribute);
  return text;
}

/** `undefined` when absent. @throws {MalformedItem} when it is not a string */
export function optionalTextOf(item: Item, attribute: string): string | undefined {
  return item[attribute] === undefined ? undefined : textOf(item, attribute);
}

/** @throws {MalformedItem} when the attribute is absent or not a finite number */
export function numberOf(item: Item, attribute: string): number {
  const number = Number(item[attribute]?.N);
  if (!Number.isFinite(number)) throw new MalformedItem(item, attribute);
  return number;
}

/** `undefined` when absent. @throws {MalformedItem} when it is not a finite number */
export function optionalNumberOf(item: Item, attribute: string): number | undefined {
  return item[attribute] === undefined ? undefined : numberOf(item, attribute);
}
