import type { EnvironmentField } from './environment-field.ts';

const KEY = /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u;
const VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;
const MOST = 50;

/** Whether a value is tags that every AWS service takes (AWS General Reference, "Tagging your AWS resources"). */
export function isTags(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const tags = Object.entries(value);
  return (
    tags.length <= MOST && tags.every(([key, text]) => KEY.test(key) && typeof text === 'string' && VALUE.test(text))
  );
}

/** What `tags` has to be and an example that is, for the faults. */
export const TAGS_FIELD: EnvironmentField = {
  rule: `must be an object of at most ${MOST} tags that AWS takes: names of 1 to 128 characters that do not begin with "aws:", texts of up to 256`,
  example: '{ "cost-centre": "4711" }',
};
