import { describe, expect, it } from 'vitest';
import { accountOf, authenticate } from '#shared/api-call/authenticate.ts';
import type { Caller } from '#shared/caller/caller.ts';
import { createCallerKey, recordOf } from '#shared/caller/caller-key.ts';
import { MalformedCaller } from '#shared/caller/caller-store.ts';

const CALLER_ID = 'caller00';
const KEY = createCallerKey(CALLER_ID);
const RETIRED_KEY = createCallerKey(CALLER_ID);
const CALLER: Caller = {
  id: CALLER_ID,
  name: 'shop',
  disabled: false,
  keys: [recordOf(KEY, 1), { ...recordOf(RETIRED_KEY, 1), retiredAt: 2 }],
  grants: [{ appId: 'wx1', allow: ['/*'] }],
};

const directoryOf = (caller: Caller | undefined) => ({
  find: async (id: string) => (id === caller?.id ? caller : undefined),
});
const call = (authorization?: string, caller: Caller | undefined = CALLER) =>
  authenticate({ headers: authorization === undefined ? {} : { authorization } }, directoryOf(caller));
const refused = (cause: string) => expect.objectContaining({ name: 'Refusal', cause });

const withAccounts = (...appIds: string[]): Caller => ({
  ...CALLER,
  grants: appIds.map((appId) => ({ appId, allow: ['/*'] })),
});
const named = (appId: string) => ({ headers: { 'x-wechat-appid': appId } });
const unnamed = { headers: {} };

describe('a Bearer caller key', () => {
  it.each([`Bearer ${KEY}`, `bearer ${KEY}`, `BEARER  ${KEY} `])(
    'tells the caller and the key used',
    async (header) => {
      expect(await call(header)).toEqual({ caller: CALLER, keyId: KEY.slice(4, 16) });
    },
  );

  it.each([
    ['none', undefined],
    ['an empty one', ''],
    ['a blank one', '  '],
  ])('is asked for when the Authorization header is %s', async (_, header) => {
    await expect(call(header)).rejects.toThrow(refused('no-credential'));
  });

  it.each([
    ['Basic', 'Basic dXNlcjpwYXNz'],
    ['the scheme alone', 'Bearer'],
    ['a key alone', KEY],
    ['another text', 'Bearer abc'],
    ['a key cut short', `Bearer ${KEY.slice(0, -1)}`],
    ['a key in quotes', `Bearer "${KEY}"`],
    ['two keys', `Bearer ${KEY} ${KEY}`],
    ['the header twice', `Bearer ${KEY},Bearer ${KEY}`],
    ['the header twice, once empty', `Bearer ${KEY},`],
    ['an AWS signature', 'AWS4-HMAC-SHA256 Credential=a, Signature=b'],
  ])('is malformed as %s', async (_, header) => {
    await expect(call(header)).rejects.toThrow(refused('malformed-credential'));
  });

  it('is unknown when there is no such caller', async () => {
    await expect(call(`Bearer ${createCallerKey('caller01')}`)).rejects.toThrow(refused('unknown-key'));
  });

  it('is unknown when the caller has no such key', async () => {
    await expect(call(`Bearer ${createCallerKey(CALLER_ID)}`)).rejects.toThrow(refused('unknown-key'));
  });

  it('is unknown when only the key id is right', async () => {
    const forged = { ...CALLER, keys: [{ ...recordOf(createCallerKey(CALLER_ID), 1), keyId: KEY.slice(4, 16) }] };
    await expect(call(`Bearer ${KEY}`, forged)).rejects.toThrow(refused('unknown-key'));
  });

  it('is refused once retired, while the other one works', async () => {
    await expect(call(`Bearer ${RETIRED_KEY}`)).rejects.toThrow(refused('retired-key'));
    await expect(call(`Bearer ${KEY}`)).resolves.toMatchObject({ caller: CALLER });
  });

  it('is refused when its caller is disabled, which a made-up key does not learn', async () => {
    const disabled = { ...CALLER, disabled: true };
    await expect(call(`Bearer ${KEY}`, disabled)).rejects.toThrow(refused('caller-disabled'));
    await expect(call(`Bearer ${createCallerKey(CALLER_ID)}`, disabled)).rejects.toThrow(refused('unknown-key'));
  });

  it.each([
    ['table-unreachable', new Error('away')],
    ['internal-error', new MalformedCaller(CALLER_ID, 'grants', 'a list')],
  ])('is never called unknown when nobody can say: %s', async (cause, failure) => {
    const directory = { find: () => Promise.reject(failure) };
    const answer = authenticate({ headers: { authorization: `Bearer ${KEY}` } }, directory);
    await expect(answer).rejects.toThrow(expect.objectContaining({ cause, underlying: failure }));
  });

  it('is not repeated in any refusal', async () => {
    const error: unknown = await call(`Bearer ${RETIRED_KEY}`).catch((thrown: unknown) => thrown);
    expect(String(error)).not.toContain(RETIRED_KEY.slice(17, 60));
  });
});

describe('the account of a call', () => {
  it('is the only one that the caller has', () => {
    expect(accountOf(unnamed, withAccounts('wx1'))).toBe('wx1');
    expect(accountOf(unnamed, withAccounts('wx1', 'wx1'))).toBe('wx1');
    expect(accountOf(named('wx1'), withAccounts('wx1'))).toBe('wx1');
  });

  it('is the one that is named', () => {
    expect(accountOf(named('wx2'), withAccounts('wx1', 'wx2'))).toBe('wx2');
  });

  it('must be named when there are several', () => {
    expect(() => accountOf(unnamed, withAccounts('wx1', 'wx2'))).toThrow(refused('account-not-named'));
  });

  it.each(['wx3', '', 'WX1', 'wx1,wx1', 'wx1 ', '__proto__'])('must be granted, which %j is not', (appId) => {
    expect(() => accountOf(named(appId), withAccounts('wx1'))).toThrow(refused('unknown-account'));
  });

  it('is refused to a caller that has none', () => {
    expect(() => accountOf(unnamed, withAccounts())).toThrow(refused('not-granted'));
    expect(() => accountOf(named('wx1'), withAccounts())).toThrow(refused('unknown-account'));
  });
});
