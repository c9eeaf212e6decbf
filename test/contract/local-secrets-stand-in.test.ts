import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  InvalidParameterException,
  InvalidRequestException,
  ListSecretsCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  RestoreSecretCommand,
  SecretsManagerClient,
  UpdateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type SecretsStandIn, startSecretsStandIn } from '../../infra/local/secrets-stand-in.ts';

const DAY_MS = 86_400_000;
const SecretId = 'wechat-gateway/test/wx1';
const clock = {
  time: Date.UTC(2026, 10, 20),
  now: () => clock.time,
  sleep: () => Promise.reject(new Error('The stand-in does not sleep.')),
};
const cleanups: (() => void | Promise<void>)[] = [];
let standIn: SecretsStandIn;
let client: SecretsManagerClient;

beforeEach(async () => {
  standIn = await startSecretsStandIn({ clock });
  client = clientOf(standIn.endpoint);
  cleanups.push(() => standIn.close());
});

afterEach(async () => {
  await Promise.all(cleanups.splice(0).map(async (clean) => clean()));
});

function clientOf(endpoint: string): SecretsManagerClient {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const created = new SecretsManagerClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  cleanups.push(() => created.destroy());
  return created;
}

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'secrets-'));
  cleanups.push(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const create = (SecretString = 'first') => client.send(new CreateSecretCommand({ Name: SecretId, SecretString }));
const read = (stage?: string) =>
  client.send(new GetSecretValueCommand({ SecretId, ...(stage !== undefined && { VersionStage: stage }) }));

it('gives back what was created, by name and by ARN', async () => {
  const created = await create('{"appSecret":"密"}');
  const byName = await read();
  const byArn = await client.send(new GetSecretValueCommand({ SecretId: created.ARN }));
  expect(byName.SecretString).toBe('{"appSecret":"密"}');
  expect(byName.VersionId).toBe(created.VersionId);
  expect(byName.VersionStages).toEqual(['AWSCURRENT']);
  expect(byName.CreatedDate?.getTime()).toBe(clock.time);
  expect(byArn.SecretString).toBe(byName.SecretString);
});

it('keeps binary values byte for byte', async () => {
  const SecretBinary = Uint8Array.from([0, 255, 128, 10]);
  await client.send(new CreateSecretCommand({ Name: SecretId, SecretBinary }));
  expect(Buffer.from((await read()).SecretBinary ?? [])).toEqual(Buffer.from(SecretBinary));
});

it('refuses a second secret of the same name', async () => {
  await create();
  await expect(create()).rejects.toBeInstanceOf(ResourceExistsException);
});

it('says not found for a secret, a version and a stage that do not exist', async () => {
  await expect(read()).rejects.toBeInstanceOf(ResourceNotFoundException);
  await client.send(new CreateSecretCommand({ Name: SecretId }));
  await expect(read()).rejects.toThrow("can't find the specified secret value for staging label: AWSCURRENT");
  const byVersion = new GetSecretValueCommand({ SecretId, VersionId: 'none' });
  await expect(client.send(byVersion)).rejects.toBeInstanceOf(ResourceNotFoundException);
});

it('makes a put value current under a new version and the one before it previous', async () => {
  const created = await create();
  const put = await client.send(new PutSecretValueCommand({ SecretId, SecretString: 'second' }));
  expect(put.VersionId).not.toBe(created.VersionId);
  expect((await read()).SecretString).toBe('second');
  expect((await read('AWSPREVIOUS')).SecretString).toBe('first');
  const described = await client.send(new DescribeSecretCommand({ SecretId }));
  expect(described.VersionIdsToStages).toEqual({
    [created.VersionId ?? '']: ['AWSPREVIOUS'],
    [put.VersionId ?? '']: ['AWSCURRENT'],
  });
});

it('takes a retried put for the same one and refuses its token for another value', async () => {
  await create();
  const put = { SecretId, SecretString: 'second', ClientRequestToken: 'a'.repeat(32) };
  const first = await client.send(new PutSecretValueCommand(put));
  const again = await client.send(new PutSecretValueCommand(put));
  expect(again.VersionId).toBe(first.VersionId);
  expect((await read('AWSPREVIOUS')).SecretString).toBe('first');
  const other = new PutSecretValueCommand({ ...put, SecretString: 'third' });
  await expect(client.send(other)).rejects.toBeInstanceOf(ResourceExistsException);
});

it('updates a description without a new version, and a value with one', async () => {
  const created = await create();
  await client.send(new UpdateSecretCommand({ SecretId, Description: 'demo' }));
  expect((await read()).VersionId).toBe(created.VersionId);
  await client.send(new UpdateSecretCommand({ SecretId, SecretString: 'second' }));
  expect((await read()).SecretString).toBe('second');
  expect((await client.send(new DescribeSecretCommand({ SecretId }))).Description).toBe('demo');
});

it('refuses to read, write and create a secret whose deletion is pending, and restores it', async () => {
  await create();
  const { DeletionDate } = await client.send(new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 7 }));
  expect(DeletionDate?.getTime()).toBe(clock.time + 7 * DAY_MS);
  const put = new PutSecretValueCommand({ SecretId, SecretString: 'second' });
  await expect(read()).rejects.toBeInstanceOf(InvalidRequestException);
  await expect(client.send(put)).rejects.toBeInstanceOf(InvalidRequestException);
  await expect(create()).rejects.toBeInstanceOf(InvalidRequestException);
  expect((await client.send(new DescribeSecretCommand({ SecretId }))).DeletedDate?.getTime()).toBe(clock.time);
  await client.send(new RestoreSecretCommand({ SecretId }));
  expect((await read()).SecretString).toBe('first');
});

it('forgets a deleted secret when its recovery window ends, and a forced one at once', async () => {
  await create();
  await client.send(new DeleteSecretCommand({ SecretId }));
  clock.time += 30 * DAY_MS;
  await create('anew');
  await client.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
  await expect(read()).rejects.toBeInstanceOf(ResourceNotFoundException);
});

it('refuses parameters that Secrets Manager refuses, without quoting them', async () => {
  const badName = new CreateSecretCommand({ Name: 'has a space', SecretString: 'canary' });
  const tooSoon = new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 1 });
  await expect(client.send(badName)).rejects.toBeInstanceOf(InvalidParameterException);
  await expect(client.send(badName)).rejects.toThrow('The parameter Name is missing or invalid.');
  await expect(client.send(tooSoon)).rejects.toBeInstanceOf(InvalidParameterException);
});

it('lists by name prefix, page by page, with pending deletions only on request', async () => {
  const names = ['wechat-gateway/a/1', 'wechat-gateway/a/2', 'wechat-gateway/b/1', 'other'];
  await Promise.all(names.map((Name) => client.send(new CreateSecretCommand({ Name, SecretString: 'x' }))));
  await client.send(new DeleteSecretCommand({ SecretId: 'wechat-gateway/b/1' }));
  const list = async (input: object) =>
    (await client.send(new ListSecretsCommand(input))).SecretList?.map(({ Name }) => Name).toSorted();
  const Filters = [{ Key: 'name' as const, Values: ['wechat-gateway/'] }];
  expect(await list({ Filters })).toEqual(['wechat-gateway/a/1', 'wechat-gateway/a/2']);
  expect(await list({ Filters, IncludePlannedDeletion: true })).toHaveLength(3);
  const { SecretList, NextToken } = await client.send(new ListSecretsCommand({ Filters, MaxResults: 1 }));
  expect(SecretList).toHaveLength(1);
  expect(await list({ Filters, MaxResults: 1, NextToken })).toHaveLength(1);
});

it('fails as scripted until it recovers', async () => {
  await create();
  standIn.failWith(503);
  await expect(read()).rejects.toMatchObject({ name: 'InternalServiceError', $metadata: { httpStatusCode: 503 } });
  standIn.failWith(400);
  await expect(read()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  standIn.recover();
  expect((await read()).SecretString).toBe('first');
});

it('keeps secrets in a file that nobody else can read', async () => {
  const dataDir = temporaryDirectory();
  const first = await startSecretsStandIn({ clock, dataDir });
  await clientOf(first.endpoint).send(new CreateSecretCommand({ Name: SecretId, SecretString: 'kept' }));
  await first.close();
  const second = await startSecretsStandIn({ clock, dataDir });
  cleanups.push(() => second.close());
  const kept = await clientOf(second.endpoint).send(new GetSecretValueCommand({ SecretId }));
  expect(kept.SecretString).toBe('kept');
  expect(statSync(join(dataDir, 'secrets')).mode & 0o777).toBe(0o700);
  expect(statSync(join(dataDir, 'secrets', 'secrets.json')).mode & 0o777).toBe(0o600);
});

it('names a damaged file and quotes nothing of it', async () => {
  const dataDir = temporaryDirectory();
  const first = await startSecretsStandIn({ clock, dataDir });
  await clientOf(first.endpoint).send(new CreateSecretCommand({ Name: SecretId, SecretString: 'canary' }));
  await first.close();
  const path = join(dataDir, 'secrets', 'secrets.json');
  writeFileSync(path, readFileSync(path, 'utf8').slice(0, -4));
  const failure = await startSecretsStandIn({ clock, dataDir }).catch((error: unknown) => error);
  expect(String(failure)).toContain(`${path} is damaged`);
  expect(String(failure)).not.toContain('canary');
});
