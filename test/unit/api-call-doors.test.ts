import { describe, expect, it } from 'vitest';
import { doorOf, parseDoors } from '#shared/api-call/doors.ts';

describe('the setting of the doors', () => {
  it.each(['key', 'iam', 'both'])('may be %s', (text) => {
    expect(parseDoors(text)).toBe(text);
  });

  it.each(['', 'KEY', 'keys', 'none', ' key'])('may not be "%s"', (text) => {
    expect(() => parseDoors(text)).toThrow(`"${text}" is no choice of doors: write key, iam or both`);
  });

  it('is repeated in an error with its first 64 characters', () => {
    expect(() => parseDoors('x'.repeat(65))).toThrow(`"${'x'.repeat(64)}" is no choice`);
  });
});

describe('the door of a path', () => {
  it('is that of signed requests below /iam, which the path then loses', () => {
    expect(doorOf('/iam/cgi-bin/menu/get')).toEqual({ door: 'iam', path: '/cgi-bin/menu/get' });
    expect(doorOf('/iam/iam/x')).toEqual({ door: 'iam', path: '/iam/x' });
  });

  it.each(['/cgi-bin/menu/get', '/iam', '/iamx/y', '/IAM/x', '/x/iam/y'])('is that of caller keys for %s', (path) => {
    expect(doorOf(path)).toEqual({ door: 'key', path });
  });
});
