import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountOf, authenticate } from '#shared/api-call/authenticate.ts';
import type { Caller } from '#shared/caller/caller.ts';
import { createCallerKey, recordOf, verifierOf } from '#shared/caller/caller-key.ts';
import { MalformedCaller } from '#shared/caller/caller-store.ts';
import { createGatewayToken } from '#shared/caller/gateway-token.ts';

const NOW = 1_800_000_000_000;
const CALLER_ID = 'caller00';
const KEY = createCallerKey(CALLER_ID);
const RETIRED_KEY = createCallerKey(CALLER_ID);
const CALLER: Caller = {
  id: CALLER_ID,
  name: 'shop',
  disabled: false,
  keys: [recordOf(KEY, 1), { ...recordOf(RETIRED_KEY, 1), retiredAt: 2 }],
  sealingKey: '0'.repeat(64),
  grants: [{ appId: 'wx1', allow: ['/*'] }],
};

const directoryOf = (caller: Caller | undefined) => ({
  find: async (id: string) => (id === caller?.id ? caller : undefined),
});
const ROLE = 'AROAEXAMPLEROLE01234';
const roles = { callerIdOf: async (roleId: string) => (roleId === ROLE ? CALLER_ID : undefined) };
const dependenciesOf = (caller: Caller | undefined) => ({
  callers: directoryOf(caller),
  roles,
  clock: { now: () => NOW },
});
const call = (authorization?: string, caller: Caller | undefined = CALLER) =>
  authenticate(dependenciesOf(caller), {
    headers: authorization === undefined ? {} : { authorization },
    query: '',
    role: undefined,
  });
const refused = (cause: string) => expect.objectContaining({ name: 'Refusal', cause });

const withAccounts = (...appIds: string[]): Caller => ({
  ...CALLER,
  grants: appIds.map((appId) => ({ appId, allow: ['/*'] })),
});
const keyOf = (...appIds: string[]) => ({ caller: withAccounts(...appIds), appId: undefined });
const named = (appId: string) => ({ headers: { 'x-wechat-appid': appId } });
const unnamed = { headers: {} };

describe('a Bearer caller key', () => {
  it.each([`Bearer ${KEY}`, `bearer ${KEY}`, `BEARER  ${KEY} `])(
    'tells the caller and the key used',
    async (header) => {
      expect(await call(header)).toEqual({ caller: CALLER, keyId: KEY.slice(4, 16), appId: undefined });
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
    const answer = authenticate(
      { callers: directory, roles, clock: { now: () => NOW } },
      { headers: { authorization: `Bearer ${KEY}` }, query: '', role: undefined },
    );
    await expect(answer).rejects.toThrow(expect.objectContaining({ cause, underlying: failure }));
  });

  it('is not repeated in any refusal', async () => {
    const error: unknown = await call(`Bearer ${RETIRED_KEY}`).catch((thrown: unknown) => thrown);
    expect(String(error)).not.toContain(RETIRED_KEY.slice(17, 60));
  });
});

describe('the account of a call', () => {
  it('is the only one that the caller has', () => {
    expect(accountOf(unnamed, keyOf('wx1'))).toBe('wx1');
    expect(accountOf(unnamed, keyOf('wx1', 'wx1'))).toBe('wx1');
    expect(accountOf(named('wx1'), keyOf('wx1'))).toBe('wx1');
  });

  it('is the one that is named', () => {
    expect(accountOf(named('wx2'), keyOf('wx1', 'wx2'))).toBe('wx2');
  });

  it('must be named when there are several', () => {
    expect(() => accountOf(unnamed, keyOf('wx1', 'wx2'))).toThrow(refused('account-not-named'));
  });

  it.each(['wx3', '', 'WX1', 'wx1,wx1', 'wx1 ', '__proto__'])('must be granted, which %j is not', (appId) => {
    expect(() => accountOf(named(appId), keyOf('wx1'))).toThrow(refused('unknown-account'));
  });

  it('is refused to a caller that has none', () => {
    expect(() => accountOf(unnamed, keyOf())).toThrow(refused('not-granted'));
    expect(() => accountOf(named('wx1'), keyOf())).toThrow(refused('unknown-account'));
  });
});

const present = (text: string, caller: Caller = CALLER, query = `a=1&access_token=${text}`) =>
  authenticate(dependenciesOf(caller), { headers: {}, query, role: undefined });

describe('a gateway token', () => {
  const keyId = KEY.slice(4, 16);
  const token = (appId = 'wx1', issuedAt = NOW) => createGatewayToken(keyId, verifierOf(KEY), appId, issuedAt);

  it('tells the caller, the key and the account that it is for', async () => {
    expect(await present(token())).toEqual({ caller: CALLER, keyId, appId: 'wx1' });
  });

  it('works for 7,800 s', async () => {
    await expect(present(token('wx1', NOW - 7_799_000))).resolves.toMatchObject({ keyId });
    await expect(present(token('wx1', NOW - 7_800_000))).rejects.toThrow(refused('invalid-gateway-token'));
  });

  it('from more than 60 s ahead was not made by us', async () => {
    await expect(present(token('wx1', NOW + 59_000))).resolves.toMatchObject({ keyId });
    await expect(present(token('wx1', NOW + 60_000))).rejects.toThrow(refused('invalid-gateway-token'));
  });

  it('outlives the retirement of its key but not the revocation', async () => {
    const retired = { ...CALLER, keys: [{ ...recordOf(KEY, 1), retiredAt: 2 }] };
    await expect(present(token(), retired)).resolves.toMatchObject({ keyId });
    await expect(present(token(), { ...CALLER, keys: [] })).rejects.toThrow(refused('invalid-gateway-token'));
  });

  it('is refused when its caller is disabled or unknown', async () => {
    await expect(present(token(), { ...CALLER, disabled: true })).rejects.toThrow(refused('caller-disabled'));
    await expect(present(token(), { ...CALLER, id: 'caller99' })).rejects.toThrow(refused('invalid-gateway-token'));
  });

  it('twice in one query is no single credential', async () => {
    const query = `access_token=${token()}&access_token=${token()}`;
    await expect(present('', CALLER, query)).rejects.toThrow(refused('malformed-credential'));
  });

  it('is for its account only, whatever account is named beside it', async () => {
    const authenticated = await present(token('wx1'));
    expect(accountOf(named('wx2'), { ...authenticated, caller: withAccounts('wx1', 'wx2') })).toBe('wx1');
    expect(() => accountOf(unnamed, { ...authenticated, caller: withAccounts('wx2') })).toThrow(
      refused('unknown-account'),
    );
  });
});

it('finds a gateway token in a query as URLSearchParams does', async () => {
  const parts = ['access_token', 'access_token=', 'access%5Ftoken', 'x', '=', '&', ';', '?', '+', '%', 'ACCESS_TOKEN'];
  const query = fc.array(fc.constantFrom(...parts), { maxLength: 8 }).map((chosen) => chosen.join(''));
  const property = fc.asyncProperty(query, async (text) => {
    const [first = '', ...others] = new URLSearchParams(text).getAll('access_token');
    const several = others.length > 0 ? 'malformed-credential' : 'invalid-gateway-token';
    await expect(present('', CALLER, text)).rejects.toThrow(refused(first === '' ? 'no-credential' : several));
  });
  await fc.assert(property, { numRuns: 2_000 });
});

describe('an IAM role', () => {
  const withRoles: Caller = { ...CALLER, roles: [{ roleId: ROLE, addedAt: 1 }] };
  const sign = (role: string, caller: Caller | undefined = withRoles) =>
    authenticate(dependenciesOf(caller), { headers: { authorization: 'AWS4-HMAC-SHA256 ...' }, query: '', role });

  it('tells its caller, whatever else the request carries', async () => {
    expect(await sign(ROLE)).toEqual({ caller: withRoles, keyId: ROLE, appId: undefined });
  });

  it.each([
    ['nobody has it', 'AROAEXAMPLEROLE99999', withRoles, 'unknown-role'],
    ['its caller is gone', ROLE, undefined, 'unknown-role'],
    ['its caller no longer has it, whatever the index says', ROLE, CALLER, 'unknown-role'],
    ['its caller is disabled', ROLE, { ...withRoles, disabled: true }, 'caller-disabled'],
  ])('is refused when %s', async (_, role, caller, cause) => {
    const dependencies = { ...dependenciesOf(caller), callers: directoryOf(caller) };
    await expect(authenticate(dependencies, { headers: {}, query: '', role })).rejects.toThrow(refused(cause));
  });
});
