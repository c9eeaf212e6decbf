import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { describe } from 'vitest';
import type { AccessToken } from '#shared/access-token/access-token.ts';
import { createDynamoTokenStore } from '#shared/access-token/token-store.dynamodb.ts';
import type { TokenStore } from '#shared/access-token/token-store.ts';
import type { Item } from '#shared/table/attributes.dynamodb.ts';
import { tokenKey } from '#shared/table/keys.ts';
import { createMemoryTokenStore } from '../memory-token-store.ts';
import { type EngineUnderTest, onEveryEngine, TABLE } from './every-engine.ts';

/** Attributes to set on an item; `undefined` removes one. */
export type Patch = Readonly<Record<string, string | number | undefined>>;

/** A token store and a way around it, to what it has stored. */
export interface Subject {
  readonly tokens: TokenStore;
  item(appId: string): Promise<Item | undefined>;
  patch(appId: string, attributes: Patch): Promise<void>;
}

function memorySubject(): Subject {
  const tokens = createMemoryTokenStore();
  return {
    tokens,
    item: async (appId) => tokens.item(appId),
    patch: async (appId, attributes) => tokens.patch(appId, attributes),
  };
}

/** The DynamoDB adapter. */
export function subjectOn({ client }: EngineUnderTest): Subject {
  return {
    tokens: createDynamoTokenStore(client, TABLE),
    async item(appId) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: TABLE, Key: keyOf(appId), ConsistentRead: true }),
      );
      return Item;
    },
    async patch(appId, attributes) {
      await client.send(new UpdateItemCommand({ TableName: TABLE, Key: keyOf(appId), ...patchExpression(attributes) }));
    },
  };
}

function keyOf(appId: string): Item {
  const { pk, sk } = tokenKey(appId);
  return { pk: { S: pk }, sk: { S: sk } };
}

function patchExpression(attributes: Patch) {
  const set = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const remove = Object.keys(attributes).filter((name) => attributes[name] === undefined);
  const parts = [
    set.length > 0 ? `SET ${set.map(([name]) => `${name} = :${name}`).join(', ')}` : '',
    remove.length > 0 ? `REMOVE ${remove.join(', ')}` : '',
  ];
  const values = set.map(
    ([name, value]) => [`:${name}`, typeof value === 'number' ? { N: String(value) } : { S: String(value) }] as const,
  );
  return {
    UpdateExpression: parts.join(' '),
    ...(set.length > 0 && { ExpressionAttributeValues: Object.fromEntries(values) }),
  };
}

/** Runs the same behaviour on every implementation of {@link TokenStore}. The subject is there once the tests run. */
export function onEveryStore(behaviour: (subject: () => Subject) => void): void {
  describe('in memory', () => {
    const subject = memorySubject();
    behaviour(() => subject);
  });
  onEveryEngine((engine) => behaviour(() => subjectOn(engine())));
}

let accounts = 0;

/** An app ID that no other test has. */
export function newAppId(): string {
  accounts += 1;
  return `wx${String(accounts).padStart(16, '0')}`;
}

/** 2026-11-20, noon in UTC+8. */
export const NOW = Date.UTC(2026, 10, 20, 4);

/** A stable token received at {@link NOW}, but for what is given. */
export function tokenOf(changes: Partial<AccessToken> = {}): AccessToken {
  return {
    value: 'token-1',
    fingerprint: 'fingerprint-1',
    mode: 'stable',
    sentAt: NOW - 100,
    receivedAt: NOW,
    expiresAt: NOW + 7_199_900,
    ...changes,
  };
}

/** What a commit of this token leaves in the item, for tests that begin with a stored token. */
export function storedAttributes(token: AccessToken, version: number): Patch {
  return {
    accessToken: token.value,
    fingerprint: token.fingerprint,
    tokenMode: token.mode,
    sentAt: token.sentAt,
    receivedAt: token.receivedAt,
    expiresAt: token.expiresAt,
    tokenVersion: version,
  };
}
