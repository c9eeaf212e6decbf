import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Item, malformed, optionalNumberOf } from '../table/attributes.dynamodb.ts';
import { isQuotaRule, type QuotaRule } from './quota-rule.ts';

/** An attribute per endpoint of the account's item: operators who change different ones never meet, and a map would have to be there first. */
const PREFIX = 'quotaRule:';

/** The attribute that holds an endpoint's rule. */
export const quotaRuleName = (endpoint: string): string => `${PREFIX}${endpoint}`;

/** A rule as an attribute: its name and its value. */
export function quotaRuleAttributes({
  endpoint,
  calls,
  reservePercent,
  eachPercent,
}: QuotaRule): [string, AttributeValue] {
  const M = Object.fromEntries(
    Object.entries({ calls, reservePercent, eachPercent }).flatMap(([name, value]): [string, AttributeValue][] =>
      value === undefined ? [] : [[name, { N: String(value) }]],
    ),
  );
  return [quotaRuleName(endpoint), { M }];
}

/** The rules in an account's item, by endpoint. @throws {MalformedItem} when one is not what a rule must be */
export function quotaRulesIn(item: Item): readonly QuotaRule[] {
  return Object.keys(item)
    .filter((name) => name.startsWith(PREFIX))
    .toSorted()
    .map((name) => ruleIn(item, name));
}

function ruleIn(item: Item, name: string): QuotaRule {
  const attributes = item[name]?.M;
  if (attributes === undefined) throw malformed(item, name);
  const rule: QuotaRule = {
    endpoint: name.slice(PREFIX.length),
    ...given('calls', optionalNumberOf(attributes, 'calls')),
    ...given('reservePercent', optionalNumberOf(attributes, 'reservePercent')),
    ...given('eachPercent', optionalNumberOf(attributes, 'eachPercent')),
  };
  if (!isQuotaRule(rule)) throw malformed(item, name);
  return rule;
}

function given<Name extends string>(name: Name, value: number | undefined): Partial<Record<Name, number>> {
  return value === undefined ? {} : ({ [name]: value } as Partial<Record<Name, number>>);
}
