/** Thrown when a stored item is not what our own code writes: never taken for "not found". Names the item and attribute, never a value. */
export class MalformedItem extends Error {
  override readonly name = 'MalformedItem';

  constructor(key: string, attribute: string) {
    super(`The item ${key} has no usable attribute "${attribute}"`);
  }
}
