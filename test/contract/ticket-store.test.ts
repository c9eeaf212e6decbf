import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LEASE_DURATION_MS } from '#shared/access-token/lease-rules.ts';
import { ticketKey } from '#shared/table/keys.ts';
import { MalformedItem } from '#shared/table/malformed-item.ts';
import type { TicketName } from '#shared/ticket/ticket.ts';
import { NO_TICKET_YET } from '#shared/ticket/ticket-state.ts';
import { createDynamoTicketStore } from '#shared/ticket/ticket-store.dynamodb.ts';
import type { TicketStore } from '#shared/ticket/ticket-store.ts';
import { type CuttingProxy, startCuttingProxy } from './cutting-proxy.ts';
import { clientOf, onEveryEngine, TABLE } from './every-engine.ts';
import { NOW, newAppId } from './token-store-subject.ts';

const LEASE_END = NOW + LEASE_DURATION_MS;
const refusedFailure = { cause: 'errcode', refused: { errcode: 45009, errmsg: 'reach max api daily quota limit' } };
const resetFailure = { cause: 'reset', refused: undefined };
const ticketOf = (value: string, sentAt = NOW) => ({ value, sentAt, expiresAt: sentAt + 7_200_000 });
const first = ticketOf('ticket-1');
const RENEW_AT = first.expiresAt - 600_000;

onEveryEngine((engine) => {
  let proxy: CuttingProxy;
  let client: ReturnType<typeof clientOf>;
  let tickets: TicketStore;
  let name: TicketName;

  beforeAll(async () => {
    proxy = await startCuttingProxy(engine().endpoint);
  });
  afterAll(() => proxy.close());
  beforeEach(() => {
    client = clientOf(proxy.endpoint);
    tickets = createDynamoTicketStore(client, TABLE);
    proxy.play();
    name = { appId: newAppId(), type: 'jsapi' };
  });
  afterEach(() => client.destroy());

  const acquire = (leaseId: string, version = 0, now = NOW) => tickets.acquire(name, leaseId, version, now);
  const issueFirst = async () => {
    await acquire('first');
    await tickets.commit(name, 'first', 0, first);
  };

  describe('a ticket that nobody has asked for', () => {
    it('has no state, and the first acquire makes one', async () => {
      expect(await tickets.read(name)).toEqual(NO_TICKET_YET);
      const outcome = await acquire('mine');
      expect(outcome).toEqual({ won: true, state: { ...NO_TICKET_YET, leaseEnd: LEASE_END } });
      expect(await tickets.glance(name)).toEqual(outcome.state);
    });

    it('is one of its own per type and account', async () => {
      await issueFirst();
      expect(await tickets.read({ ...name, type: 'wx_card' })).toEqual(NO_TICKET_YET);
      expect(await tickets.read({ ...name, appId: newAppId() })).toEqual(NO_TICKET_YET);
    });

    it('is leased to one of many at once', async () => {
      const outcomes = await Promise.all(Array.from({ length: 20 }, (_, caller) => acquire(`lease-${caller}`)));
      expect(outcomes.filter(({ won }) => won)).toHaveLength(1);
      expect(new Set(outcomes.map(({ state }) => state.leaseEnd))).toEqual(new Set([LEASE_END]));
    });
  });

  describe('acquire', () => {
    it('waits for the end of a live lease', async () => {
      await acquire('theirs');
      expect((await acquire('mine', 0, LEASE_END - 1)).won).toBe(false);
      expect((await acquire('mine', 0, LEASE_END)).won).toBe(true);
    });

    it('is refused while the ticket is fresh, and on a version that is not the stored one', async () => {
      await issueFirst();
      expect((await acquire('mine', 1, RENEW_AT - 1)).won).toBe(false);
      expect((await acquire('mine', 0, RENEW_AT)).won).toBe(false);
      expect((await acquire('mine', 1, RENEW_AT)).won).toBe(true);
    });

    it('waits for the end of a cooldown', async () => {
      await acquire('theirs');
      await tickets.fail(name, 'theirs', resetFailure, 1, NOW + 900);
      expect((await acquire('mine', 0, NOW + 899)).won).toBe(false);
      expect((await acquire('mine', 0, NOW + 900)).won).toBe(true);
    });
  });

  describe('commit', () => {
    it('stores the ticket with its renewal time and ends lease and failure', async () => {
      await acquire('theirs');
      await tickets.fail(name, 'theirs', refusedFailure, 3, NOW);
      await acquire('mine');
      const { won, state } = await tickets.commit(name, 'mine', 0, first);
      expect(won).toBe(true);
      expect(state).toEqual({ ...NO_TICKET_YET, ticket: first, renewAt: RENEW_AT, version: 1 });
      expect(await tickets.read(name)).toEqual(state);
    });

    it('is fenced by the version and not by the lease', async () => {
      await acquire('mine');
      await acquire('theirs', 0, LEASE_END);
      expect((await tickets.commit(name, 'mine', 0, first)).won).toBe(true);
      const lost = await tickets.commit(name, 'theirs', 0, ticketOf('ticket-2'));
      expect(lost).toMatchObject({ won: false, state: { ticket: first, version: 1 } });
    });

    it('does not bring back an item that is gone', async () => {
      expect(await tickets.commit(name, 'mine', 0, first)).toEqual({ won: false, state: NO_TICKET_YET });
    });
  });

  describe('fail, prolong and release', () => {
    it('remember the failure and leave the ticket alone', async () => {
      await issueFirst();
      await acquire('mine', 1, RENEW_AT);
      const { state } = await tickets.fail(name, 'mine', refusedFailure, 1, RENEW_AT + 900);
      expect(state).toMatchObject({ ticket: first, failure: refusedFailure, failureCount: 1, leaseEnd: 0 });
      await acquire('again', 1, RENEW_AT + 900);
      const second = await tickets.fail(name, 'again', resetFailure, 2, RENEW_AT + 2_900);
      expect(second.state).toMatchObject({ failure: resetFailure, failureCount: 2, cooldownEnd: RENEW_AT + 2_900 });
    });

    it('do nothing to a lease that is no longer ours', async () => {
      await acquire('mine');
      await acquire('theirs', 0, LEASE_END);
      const theirs = await tickets.read(name);
      expect((await tickets.fail(name, 'mine', resetFailure, 1, NOW)).won).toBe(false);
      expect((await tickets.prolong(name, 'mine', NOW + 60_000)).won).toBe(false);
      expect((await tickets.release(name, 'mine')).won).toBe(false);
      expect(await tickets.read(name)).toEqual(theirs);
    });

    it('move and end the own lease', async () => {
      await acquire('mine');
      expect((await tickets.prolong(name, 'mine', NOW + 14_000)).state.leaseEnd).toBe(NOW + 14_000);
      expect((await tickets.release(name, 'mine')).state.leaseEnd).toBe(0);
      expect((await acquire('next')).won).toBe(true);
    });
  });

  const WRITES = {
    acquire: () => acquire('mine'),
    prolong: () => tickets.prolong(name, 'mine', NOW + 14_000),
    commit: () => tickets.commit(name, 'mine', 0, first),
    fail: () => tickets.fail(name, 'mine', refusedFailure, 1, NOW + 900),
    release: () => tickets.release(name, 'mine'),
  };

  describe.each(Object.entries(WRITES))('a %s whose answer is lost', (kind, write) => {
    beforeEach(async () => {
      if (kind !== 'acquire') await acquire('mine');
    });

    it.each([
      ['once, for its retry', ['lose-answer']],
      ['every time, for a read', ['lose-answer', 'lose-answer', 'lose-answer']],
    ] as const)('counts as won when it shows as done (%s)', async (_when, plays) => {
      proxy.play(...plays);
      const outcome = await write();
      expect(proxy.requests).toBeGreaterThan(plays.length);
      expect(outcome.won).toBe(true);
      expect(await tickets.read(name)).toEqual(outcome.state);
    });
  });

  it('an item that is not ours is an error, never an absent ticket', async () => {
    const { pk, sk } = ticketKey(name.appId, name.type);
    await client.send(new PutItemCommand({ TableName: TABLE, Item: { pk: { S: pk }, sk: { S: sk } } }));
    await expect(tickets.read(name)).rejects.toThrow(MalformedItem);
  });

  it('nothing else in the item holds the ticket, and no time to live removes it', async () => {
    await issueFirst();
    const { pk, sk } = ticketKey(name.appId, name.type);
    const { Item = {} } = await client.send(
      new GetItemCommand({ TableName: TABLE, Key: { pk: { S: pk }, sk: { S: sk } } }),
    );
    const holding = Object.entries(Item).filter(([, value]) => JSON.stringify(value).includes(first.value));
    expect(holding.map(([attribute]) => attribute)).toEqual(['ticketValue']);
    expect(Item).not.toHaveProperty('removeAfter');
  });
});
