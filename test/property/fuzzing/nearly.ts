import * as fc from 'fast-check';

/** A record or list whose parts can be changed: lists take their indices as names. */
type Holder = Record<string, unknown>;

interface Change {
  readonly at: number;
  readonly kind: 'leave out' | 'replace' | 'add';
  readonly name: string;
  readonly value: unknown;
}

const json = fc.jsonValue({ maxDepth: 2 });

/**
 * Values as JSON may hold them that are like `good` but for up to three changes: a part left out, replaced or added, at any depth.
 * @param values what parts are replaced by, besides anything that JSON may hold
 */
export function nearly(good: fc.Arbitrary<object>, values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const change: fc.Arbitrary<Change> = fc.record({
    at: fc.nat(),
    kind: fc.constantFrom('leave out', 'replace', 'add'),
    name: fc.oneof(fc.constantFrom('__proto__', 'constructor'), fc.string({ maxLength: 8 })),
    value: fc.oneof(json, values),
  });
  return fc.tuple(good, fc.array(change, { maxLength: 3 })).map(([value, changes]) => {
    const copy = structuredClone(value);
    for (const each of changes) apply(each, copy);
    return copy;
  });
}

function apply({ at, kind, name, value }: Change, to: object): void {
  const holders = holdersIn(to);
  if (kind === 'add') return add(name, value, holders[at % holders.length] ?? {});
  const parts = holders.flatMap((holder) => Object.keys(holder).map((key) => ({ holder, key })));
  const part = parts[at % parts.length];
  if (part === undefined) return;
  if (kind === 'replace') part.holder[part.key] = value;
  else delete part.holder[part.key];
}

function add(name: string, value: unknown, holder: Holder): void {
  if (Array.isArray(holder)) return void holder.push(value);
  // JSON may name a field `__proto__`; assigning would change the prototype.
  Object.defineProperty(holder, name, { value, configurable: true, enumerable: true, writable: true });
}

function holdersIn(value: unknown): readonly Holder[] {
  if (typeof value !== 'object' || value === null) return [];
  // Whatever its type says, its parts are changed here as those of any JSON.
  const holder = value as Holder;
  return [holder, ...Object.values(holder).flatMap(holdersIn)];
}
