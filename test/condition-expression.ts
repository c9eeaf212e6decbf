import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from '#shared/table/attributes.dynamodb.ts';

/** The values of an expression by placeholder, colon included. */
export type ExpressionValues = Readonly<Record<string, AttributeValue>>;

/** Whether a parsed condition holds for an item; an absent item is an empty one. */
export type Condition = (item: Item, values: ExpressionValues) => boolean;

const TOKEN = /\s*([(),]|<>|<=|>=|[=<>]|:?[A-Za-z_][A-Za-z0-9_]*)/y;
const parsed = new Map<string, Condition>();

/**
 * Parses what our writes use of DynamoDB's condition expressions: AND, OR, parentheses, comparisons, attribute_exists, attribute_not_exists
 * (docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html). As there, AND binds closer than OR,
 * and a comparison with an absent attribute or between types does not hold; `<>` holds between types and for an absent attribute.
 * @throws {SyntaxError} for anything else
 */
export function parseCondition(expression: string): Condition {
  const known = parsed.get(expression);
  if (known !== undefined) return known;
  const reader = new Reader(expression);
  const condition = disjunction(reader);
  reader.end();
  parsed.set(expression, condition);
  return condition;
}

class Reader {
  readonly #expression: string;
  readonly #tokens: readonly string[];
  #next = 0;

  constructor(expression: string) {
    this.#expression = expression;
    this.#tokens = tokensOf(expression);
  }

  take(): string {
    const token = this.#tokens[this.#next];
    this.#next += 1;
    return token ?? this.fail();
  }

  takeIf(token: string): boolean {
    const matches = this.#tokens[this.#next] === token;
    if (matches) this.#next += 1;
    return matches;
  }

  expect(token: string): void {
    if (!this.takeIf(token)) this.fail();
  }

  end(): void {
    if (this.#next !== this.#tokens.length) this.fail();
  }

  fail(): never {
    throw new SyntaxError(`not a condition this parser knows, at part ${this.#next}: ${this.#expression}`);
  }
}

function tokensOf(expression: string): readonly string[] {
  const tokens: string[] = [];
  const text = expression.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) throw new SyntaxError(`not a condition this parser knows, at character ${at}: ${text}`);
    tokens.push(token);
  }
  return tokens;
}

function disjunction(reader: Reader): Condition {
  const parts = [conjunction(reader)];
  while (reader.takeIf('OR')) parts.push(conjunction(reader));
  return (item, values) => parts.some((part) => part(item, values));
}

function conjunction(reader: Reader): Condition {
  const parts = [term(reader)];
  while (reader.takeIf('AND')) parts.push(term(reader));
  return (item, values) => parts.every((part) => part(item, values));
}

function term(reader: Reader): Condition {
  const first = reader.take();
  if (first === '(') {
    const inner = disjunction(reader);
    reader.expect(')');
    return inner;
  }
  if (first === 'attribute_exists' || first === 'attribute_not_exists') {
    reader.expect('(');
    const name = reader.take();
    reader.expect(')');
    return (item) => (item[name] !== undefined) === (first === 'attribute_exists');
  }
  const operator = reader.take();
  const second = reader.take();
  return (item, values) => compare(operand(first, item, values), operator, operand(second, item, values));
}

function operand(text: string, item: Item, values: ExpressionValues): AttributeValue | undefined {
  if (!text.startsWith(':')) return item[text];
  const value = values[text];
  if (value === undefined) throw new SyntaxError(`the condition uses ${text}, which has no value`);
  return value;
}

function compare(left: AttributeValue | undefined, operator: string, right: AttributeValue | undefined): boolean {
  const sign = signOf(left, right);
  switch (operator) {
    case '=':
      return sign === 0;
    case '<>':
      return sign !== 0;
    case '<':
      return sign !== undefined && sign < 0;
    case '<=':
      return sign !== undefined && sign <= 0;
    case '>':
      return sign !== undefined && sign > 0;
    case '>=':
      return sign !== undefined && sign >= 0;
    default:
      throw new SyntaxError(`${operator} is not a comparison this parser knows`);
  }
}

/** `undefined` when the two cannot be compared. Our texts are ASCII, whose order is the same in UTF-8 and UTF-16. */
function signOf(left: AttributeValue | undefined, right: AttributeValue | undefined): number | undefined {
  if (left?.N !== undefined && right?.N !== undefined) return Math.sign(Number(left.N) - Number(right.N));
  if (left?.S === undefined || right?.S === undefined) return undefined;
  if (left.S === right.S) return 0;
  return left.S < right.S ? -1 : 1;
}
