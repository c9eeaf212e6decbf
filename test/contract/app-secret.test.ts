import { inspect } from 'node:util';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSecretsManagerAppSecretStore } from '#shared/account/app-secret.secrets-manager.ts';
import { type AppSecretStore, createAppSecretCache, MalformedAppSecret } from '#shared/account/app-secret.ts';
import { type SecretsStandIn, startSecretsStandIn } from '../../infra/local/secrets-stand-in.ts';
import { createMovableClock } from '../movable-clock.ts';
import { newAppId } from './token-store-subject.ts';

const PREFIX = 'wechat-gateway/test/';
const SECRET = 'S3CRET-canary';

let server: SecretsStandIn;
let client: SecretsManagerClient;
let store: AppSecretStore;
let appId: string;

beforeAll(async () => {
  server = await startSecretsStandIn({ clock: createMovableClock() });
});
afterAll(() => server.close());

beforeEach(() => {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  client = new SecretsManagerClient({ endpoint: server.endpoint, region: 'us-east-1', credentials, maxAttempts: 2 });
  store = createSecretsManagerAppSecretStore(client, PREFIX);
  appId = newAppId();
});
afterEach(() => {
  server.recover();
  client.destroy();
});

const nameOf = () => `${PREFIX}${appId}`;
const create = (text: string) => client.send(new CreateSecretCommand({ Name: nameOf(), SecretString: text }));
const replace = (text: string) => client.send(new PutSecretValueCommand({ SecretId: nameOf(), SecretString: text }));

/** What a read ends in, as a log would show it. */
async function errorOf(read: Promise<unknown>): Promise<unknown> {
  return read.then(
    () => new Error('a secret was read'),
    (error: unknown) => error,
  );
}

describe('the app secret in Secrets Manager', () => {
  it('is read with a version', async () => {
    const { VersionId } = await create(JSON.stringify({ appSecret: SECRET }));
    expect(await store.get(appId)).toEqual({ value: SECRET, version: VersionId });
  });

  it('has another version once it was replaced', async () => {
    await create(JSON.stringify({ appSecret: SECRET }));
    const before = await store.get(appId);
    await replace(JSON.stringify({ appSecret: 'another' }));
    const after = await store.get(appId);
    expect(after?.value).toBe('another');
    expect(after?.version).not.toBe(before?.version);
  });

  it('may have other fields beside it', async () => {
    await create(JSON.stringify({ appSecret: SECRET, later: { more: true } }));
    expect((await store.get(appId))?.value).toBe(SECRET);
  });

  it('is absent when nobody has set it, and while its deletion is pending', async () => {
    expect(await store.get(appId)).toBeUndefined();
    await create(JSON.stringify({ appSecret: SECRET }));
    await client.send(new DeleteSecretCommand({ SecretId: nameOf() }));
    expect(await store.get(appId)).toBeUndefined();
  });

  it.each([
    ['no JSON', SECRET],
    ['JSON that is cut off', `{"appSecret":"${SECRET}`],
    ['a text', JSON.stringify(SECRET)],
    ['null', 'null'],
    ['a list', JSON.stringify([SECRET])],
    ['another field', JSON.stringify({ secret: SECRET })],
    ['an empty secret', JSON.stringify({ appSecret: '', other: SECRET })],
    ['a secret that is no text', JSON.stringify({ appSecret: { value: SECRET } })],
  ])('is malformed when it is %s; the error names the secret and shows nothing of it', async (_what, text) => {
    await create(text);
    const error = await errorOf(store.get(appId));
    expect(error).toBeInstanceOf(MalformedAppSecret);
    expect(String(error)).toContain(nameOf());
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(SECRET);
  });

  it.each([403, 500])('is not absent when Secrets Manager answers %i: the error is thrown', async (status) => {
    await create(JSON.stringify({ appSecret: SECRET }));
    server.failWith(status);
    const error = await errorOf(store.get(appId));
    expect(error).not.toBeInstanceOf(MalformedAppSecret);
    expect(String(error)).not.toContain('a secret was read');
  });
});

describe('app secrets kept in memory', () => {
  it('are read once in five minutes', async () => {
    await create(JSON.stringify({ appSecret: SECRET }));
    const clock = createMovableClock();
    const cache = createAppSecretCache(store, clock);
    expect((await cache.get(appId))?.value).toBe(SECRET);
    await replace(JSON.stringify({ appSecret: 'another' }));
    await clock.advance(299_999);
    expect((await cache.get(appId))?.value).toBe(SECRET);
    await clock.advance(1);
    expect((await cache.get(appId))?.value).toBe('another');
  });

  it('are read again past the memory, which then holds the new one', async () => {
    await create(JSON.stringify({ appSecret: SECRET }));
    const cache = createAppSecretCache(store, createMovableClock());
    await cache.get(appId);
    await replace(JSON.stringify({ appSecret: 'another' }));
    expect((await cache.reread(appId))?.value).toBe('another');
    expect((await cache.get(appId))?.value).toBe('another');
  });

  it('are not remembered as absent, nor after they were taken away', async () => {
    const cache = createAppSecretCache(store, createMovableClock());
    expect(await cache.get(appId)).toBeUndefined();
    await create(JSON.stringify({ appSecret: SECRET }));
    expect((await cache.get(appId))?.value).toBe(SECRET);
    await client.send(new DeleteSecretCommand({ SecretId: nameOf() }));
    expect(await cache.reread(appId)).toBeUndefined();
    expect(await cache.get(appId)).toBeUndefined();
  });

  it('serve on while Secrets Manager fails, but not a read past the memory', async () => {
    await create(JSON.stringify({ appSecret: SECRET }));
    const cache = createAppSecretCache(store, createMovableClock());
    await cache.get(appId);
    server.failWith(403);
    expect((await cache.get(appId))?.value).toBe(SECRET);
    expect(String(await errorOf(cache.reread(appId)))).toContain('403');
  });

  it('are kept for each account by itself', async () => {
    const clock = createMovableClock();
    const cache = createAppSecretCache({ get: async (of) => ({ value: `secret of ${of}`, version: 'v1' }) }, clock);
    expect((await cache.get('wx1'))?.value).toBe('secret of wx1');
    expect((await cache.get('wx2'))?.value).toBe('secret of wx2');
    expect((await cache.get('wx1'))?.value).toBe('secret of wx1');
  });
});
