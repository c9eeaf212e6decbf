import { describe, expect, it } from 'vitest';
import { isRid, parseQuotaRequest, type QuotaRequest, quotaEvent } from '#shared/quota/quota-request.ts';

const RID = '6aac0063-7ed08fb9-1250f724';

describe('an event of sync-quotas', () => {
  it("is the schedule's when it is empty", () => {
    expect(parseQuotaRequest({})).toEqual({ kind: 'learn-all' });
  });

  it.each<Exclude<QuotaRequest, { kind: 'learn-all' }>>([
    { kind: 'learn', appId: 'wx1', endpoint: undefined },
    { kind: 'learn', appId: 'wx1', endpoint: '/cgi-bin/user/info' },
    { kind: 'clear', appId: 'wx1', endpoint: undefined },
    { kind: 'clear', appId: 'wx1', endpoint: '/cgi-bin/user/info' },
    { kind: 'rid', appId: 'wx1', rid: RID },
  ])('is read after its way as JSON as it was meant: %j', (request) => {
    expect(parseQuotaRequest(JSON.parse(JSON.stringify(quotaEvent(request))))).toEqual(request);
  });

  it.each([
    ['no object', 'x'],
    ['null', null],
    ['a list', []],
    ['two wishes', { learn: { appId: 'wx1' }, clear: { appId: 'wx1' } }],
    ['an unknown wish', { forget: { appId: 'wx1' } }],
    ['a wish without fields', { learn: 'wx1' }],
    ['no account', { learn: {} }],
    ['no app ID', { clear: { appId: '../x' } }],
    ['no path', { clear: { appId: 'wx1', endpoint: 'user/info' } }],
    ['no rid', { rid: { appId: 'wx1' } }],
    ['a malformed rid', { rid: { appId: 'wx1', rid: '?' } }],
  ])('is refused with %s, and nothing of it repeated', (_what, event) => {
    expect(() => parseQuotaRequest(event)).toThrow(expect.objectContaining({ name: 'MalformedQuotaRequest' }));
  });
});

describe('a rid', () => {
  it.each([RID, '1-2-3', RID.toUpperCase()])('may look like %s', (text) => {
    expect(isRid(text)).toBe(true);
  });

  it.each(['', '40001', '-1', '6aac0063-7ed08fb9', `${RID}-0`, `${RID}\n`, 'x-y-z', '1--3'])(
    'never looks like "%s"',
    (text) => {
      expect(isRid(text)).toBe(false);
    },
  );
});
