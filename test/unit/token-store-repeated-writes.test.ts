import { describe, expect, it } from 'vitest';
import type { Item } from '#shared/table/attributes.dynamodb.ts';
import { createMemoryTokenStore } from '../memory-token-store.ts';

const NOW = Date.UTC(2026, 10, 20, 4);
const DAY = '20261120';
const APP_ID = 'wx0000000000000001';
const COUNT = { cap: 10, forced: false };
const FAILURE = { class: 'unavailable', cause: 'reset' } as const;
const TOKEN = {
  value: 'T1',
  fingerprint: 'fingerprint of T1',
  mode: 'stable',
  sentAt: NOW,
  receivedAt: NOW + 100,
  expiresAt: NOW + 7_200_000,
} as const;

/** An account whose every write is made twice, as the SDK does when the answer to the first was lost. */
async function startUnsteady() {
  const items = new Map<string, Item>();
  const once = createMemoryTokenStore({ items });
  const twice = createMemoryTokenStore({
    items,
    async transmit(request) {
      request();
      return request();
    },
  });
  await once.add(APP_ID, NOW);
  const asked = { appId: APP_ID, leaseId: 'mine', version: 0, count: COUNT, now: NOW };
  const acquire = { ...asked, holder: 'environment-1', reason: { kind: 'due' }, ignoreCooldown: false } as const;
  const commit = { ...asked, token: TOKEN, stored: undefined, suspect: false, nextDueAt: NOW + 3_600_000 };
  const fail = { ...asked, failure: FAILURE, count: 1, cooldownEnd: NOW, suspect: undefined };
  return { once, twice, acquire, commit, fail, extend: { ...asked, refused: undefined } };
}

describe('a write whose answer was lost, and that was made again', () => {
  it('has taken the lease, once', async () => {
    const { twice, acquire } = await startUnsteady();
    expect(await twice.acquire(acquire)).toMatchObject({ won: true, state: { lease: { id: 'mine' } } });
    expect((await twice.read(APP_ID))?.issued).toEqual({ [DAY]: 1 });
  });

  it('has prolonged the lease and counted one issue', async () => {
    const { once, twice, acquire, extend } = await startUnsteady();
    await once.acquire({ ...acquire, count: undefined });
    expect(await twice.extend({ ...extend, now: NOW + 1_000 })).toMatchObject({
      won: true,
      state: { lease: { end: NOW + 7_500 }, issued: { [DAY]: 1 } },
    });
  });

  it('has stored the token as one version', async () => {
    const { once, twice, acquire, commit } = await startUnsteady();
    await once.acquire(acquire);
    expect(await twice.commit(commit)).toMatchObject({ won: true, state: { token: TOKEN, version: 1 } });
  });

  it('has recorded the failure', async () => {
    const { once, twice, acquire, fail } = await startUnsteady();
    await once.acquire(acquire);
    expect(await twice.fail(fail)).toMatchObject({ won: true, state: { failure: FAILURE } });
  });

  it('has kept the token', async () => {
    const { once, twice, acquire } = await startUnsteady();
    await once.acquire(acquire);
    const keep = { appId: APP_ID, leaseId: 'mine', version: 0, settled: false, nextDueAt: undefined, now: NOW };
    expect(await twice.keep(keep)).toMatchObject({ won: true, state: { provenAt: NOW } });
  });
});

describe('a commit that was refused', () => {
  it('is not taken for one that happened because its lease is done', async () => {
    const { once, acquire, commit, fail } = await startUnsteady();
    await once.acquire(acquire);
    await once.fail(fail);
    expect(await once.commit({ ...commit, version: 7 })).toMatchObject({ won: false, state: { version: 0 } });
    await once.commit(commit);
    const other = { ...TOKEN, value: 'T2', fingerprint: 'fingerprint of T2' };
    expect(await once.commit({ ...commit, version: 7, token: other })).toMatchObject({ won: false });
  });
});
