import { describe, expect, it } from 'vitest';
import {
  examineEvent,
  healEvent,
  MalformedRefreshEvent,
  parseRefreshEvent,
} from '#shared/access-token/refresh-event.ts';

const FINGERPRINT = '0123456789abcdef';

describe('the event of refresh-access-token', () => {
  it('is a tick when it is empty', () => {
    expect(parseRefreshEvent({})).toEqual({ kind: 'tick' });
  });

  it('names an account without a token', () => {
    expect(parseRefreshEvent(healEvent('wx1', undefined))).toEqual({
      kind: 'heal',
      appId: 'wx1',
      reason: { kind: 'missing' },
    });
  });

  it('names an account and the fingerprint of its refused token', () => {
    expect(parseRefreshEvent(healEvent('wx1', FINGERPRINT))).toEqual({
      kind: 'heal',
      appId: 'wx1',
      reason: { kind: 'refused', fingerprint: FINGERPRINT },
    });
  });

  it('asks for a look at one account, or at the hosts', () => {
    expect(parseRefreshEvent(examineEvent('wx1'))).toEqual({ kind: 'examine-account', appId: 'wx1' });
    expect(parseRefreshEvent(examineEvent(undefined))).toEqual({ kind: 'examine-upstream' });
  });

  it('survives JSON, as Lambda sends it', () => {
    for (const event of [healEvent('wx1', undefined), healEvent('wx1', FINGERPRINT)]) {
      expect(parseRefreshEvent(JSON.parse(JSON.stringify(event)))).toEqual(parseRefreshEvent(event));
    }
  });

  it.each([
    ['nothing', undefined, /must be an object/],
    ['null', null, /must be an object/],
    ['a text', 'wx1', /must be an object/],
    ['a list', [], /must be an object/],
    ['a fingerprint alone', { refusedFingerprint: FINGERPRINT }, /appId/],
    ['an app ID of another type', { appId: 1 }, /appId/],
    ['an empty app ID', { appId: '' }, /appId/],
    ['an app ID that would be another key', { appId: 'wx1/../x' }, /appId/],
    ['a fingerprint of another length', { appId: 'wx1', refusedFingerprint: 'abc' }, /refusedFingerprint/],
    [
      'a fingerprint in capitals',
      { appId: 'wx1', refusedFingerprint: FINGERPRINT.toUpperCase() },
      /refusedFingerprint/,
    ],
    [
      'a look at an account beside a refused token',
      { ...examineEvent('wx1'), refusedFingerprint: FINGERPRINT },
      /alone|only/,
    ],
    ['an unknown field', { appId: 'wx1', force: true }, /unknown field "force"/],
    ['the event of a schedule that was set up wrongly', { version: '0', 'detail-type': 'x' }, /unknown field/],
  ])('is refused when it is %s', (_, event, text) => {
    expect(() => parseRefreshEvent(event)).toThrow(MalformedRefreshEvent);
    expect(() => parseRefreshEvent(event)).toThrow(text);
  });
});
