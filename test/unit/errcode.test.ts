import { describe, expect, it } from 'vitest';
import { isTokenRefusal } from '#shared/wechat/answer.ts';
import { type ErrcodeEntry, errcodeEntry } from '#shared/wechat/errcode.ts';

const KNOWN = [
  -1, 0, 40001, 40002, 40003, 40006, 40007, 40013, 40014, 40029, 40033, 40066, 40097, 40125, 40163, 40164, 40201, 40202,
  40203, 40230, 40231, 40232, 40233, 40234, 40235, 40236, 40237, 40238, 40239, 40240, 40243, 41001, 41002, 41004, 42001,
  42002, 42003, 42006, 42007, 43001, 43002, 43003, 44001, 44002, 44003, 45002, 45009, 45011, 45035, 45047, 47001, 47002,
  48001, 48004, 48006, 50001, 50002, 50004, 50005, 50007, 61003, 61004, 61005, 61006, 61007, 61011, 61014, 61023, 61024,
  76001, 76002, 76003, 76004, 76021, 76022, 85105, 85107, 85112, 85113, 89501, 89502, 89503, 89504, 89505, 89506, 89507,
  990401, 990413, 990504,
];
const everyCode = Array.from({ length: 1_100_000 }, (_, i) => i - 100_000);
const all = (): ErrcodeEntry[] => everyCode.flatMap((code) => errcodeEntry(code) ?? []);

describe('the errcode table', () => {
  it('has exactly the codes that WeChat documents for what the gateway does, and our own', () => {
    expect(all().map(({ code }) => code)).toEqual(KNOWN);
  });

  it('says what each means, what to do about it and who says so', () => {
    for (const { code, meaning, advice, source } of all()) {
      expect(meaning.length, `meaning of ${code}`).toBeGreaterThan(1);
      expect(advice, `advice of ${code}`).toMatch(/^[A-Z].*\.$/);
      expect(source, `source of ${code}`).toMatch(/^(?:doc\/|miniprogram\/|SDK source$|third party$|this gateway$)/);
    }
  });

  it('marks 990401, 990413 and 990504 as our own, and no other', () => {
    expect(all().flatMap(({ code, source }) => (source === 'this gateway' ? code : []))).toEqual([
      990401, 990413, 990504,
    ]);
  });

  it('tells to call once more with a newer token exactly where a token was refused', () => {
    const once = all().flatMap(({ code, retry }) => (retry === 'once' ? code : []));
    // 42006 is the third-party platform's own token, which the gateway does not hold.
    expect(once).toEqual([...KNOWN.filter(isTokenRefusal), 42006].toSorted((a, b) => a - b));
  });

  it('lets only a system error be repeated without more ado', () => {
    expect(all().flatMap(({ code, retry }) => (retry === 'bounded' ? code : []))).toEqual([-1]);
  });

  it('never tells to repeat a call that may have been carried out', () => {
    expect(errcodeEntry(990504)?.retry).toBe('no');
  });

  it('names both meanings of 76003', () => {
    expect(errcodeEntry(76003)?.meaning).toMatch(/rid.*cgi_path/);
  });

  it('has nothing for codes it does not know', () => {
    expect([89500, 12345, Number.NaN, 40001.5].map(errcodeEntry)).toEqual(Array.from({ length: 4 }));
  });
});
