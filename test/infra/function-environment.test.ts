import { Token } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { environmentOf } from '../../infra/constructs/function-environment.ts';

const definition = {
  name: { variable: 'NAME', parse: (text: string) => text },
  count: {
    variable: 'COUNT',
    parse: (text: string) => {
      if (!/^\d+$/.test(text)) throw new Error(`"${text}" is not a number`);
      return Number(text);
    },
    fallback: 3,
  },
} as const;

describe('environmentOf', () => {
  it("takes the variables' names from the function's definition", () => {
    expect(environmentOf(definition, { name: 'x', count: '4' })).toEqual({ NAME: 'x', COUNT: '4' });
  });

  it('sets no variable for an empty text with a fallback', () => {
    expect(environmentOf(definition, { name: 'x', count: '' })).toEqual({ NAME: 'x' });
  });

  it('refuses an empty text without a fallback', () => {
    expect(() => environmentOf(definition, { name: '', count: '' })).toThrow('NAME: is required');
  });

  it('refuses at synth what the function would refuse at its start', () => {
    expect(() => environmentOf(definition, { name: 'x', count: 'many' })).toThrow('COUNT: "many" is not a number');
  });

  it('leaves alone what only the deploy will know', () => {
    const count = Token.asString({ Ref: 'Something' });
    expect(environmentOf(definition, { name: 'x', count })).toEqual({ NAME: 'x', COUNT: count });
  });

  it('does not compile with a setting left out', () => {
    // @ts-expect-error `count` is missing
    expect(environmentOf(definition, { name: 'x' })).toEqual({ NAME: 'x' });
  });
});
