import { describe, expect, it } from 'vitest';
import { errcodeEntries } from '#shared/wechat/errcode.ts';
import { errcodeExplanation, LANGUAGES } from '#shared/wechat/errcode-explanation.ts';

const CHINESE = /\p{Script=Han}/u;

describe('the explanation of errcodes', () => {
  it.each([...errcodeEntries().values()])('has $code in both languages, with the source', ({ code, source }) => {
    const explained = errcodeExplanation(code);
    expect(explained?.source).toBe(source);
    for (const language of LANGUAGES) {
      const { meaning = '', cause = '', nextStep = '' } = explained?.[language] ?? {};
      expect(meaning.length, `meaning in ${language}`).toBeGreaterThan(1);
      expect([cause, nextStep], `in ${language}`).toEqual([
        expect.stringMatching(/[.。]$/),
        expect.stringMatching(/[.。]$/),
      ]);
      expect([meaning, cause, nextStep].map((text) => CHINESE.test(text))).toEqual(Array(3).fill(language === 'zh'));
    }
  });

  it('has nothing for codes that the table does not know', () => {
    expect([89500, 12345].map(errcodeExplanation)).toEqual([undefined, undefined]);
  });
});
