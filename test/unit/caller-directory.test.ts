import { describe, expect, it } from 'vitest';
import type { Caller } from '#shared/caller/caller.ts';
import { createCallerDirectory, type StaleCaller } from '#shared/caller/caller-directory.ts';

const callerNamed = (id: string, name = 'shop'): Caller => ({
  id,
  name,
  disabled: false,
  keys: [],
  sealingKey: '0'.repeat(64),
  grants: [],
});

/** A directory over a store whose content, answers and clock the test moves. */
function setUp() {
  const stored = new Map<string, Caller>();
  const stale: StaleCaller[] = [];
  const world = { now: 1_000_000, reads: [] as string[], failure: undefined as Error | undefined };
  const store = {
    get: async (id: string) => {
      world.reads.push(id);
      await Promise.resolve();
      if (world.failure !== undefined) throw world.failure;
      return stored.get(id);
    },
  };
  const directory = createCallerDirectory({
    store,
    clock: { now: () => world.now },
    onStale: (event) => stale.push(event),
  });
  return { directory, stored, stale, world };
}

describe('the caller directory', () => {
  it('reads a caller once in 45 s', async () => {
    const { directory, stored, world } = setUp();
    stored.set('a', callerNamed('a'));
    expect(await directory.find('a')).toEqual(callerNamed('a'));
    stored.set('a', callerNamed('a', 'changed'));
    world.now += 44_999;
    expect((await directory.find('a'))?.name).toBe('shop');
    world.now += 1;
    expect((await directory.find('a'))?.name).toBe('changed');
    expect(world.reads).toEqual(['a', 'a']);
  });

  it('counts the 45 s from before the read, however long the store took', async () => {
    const { directory, stored, world } = setUp();
    stored.set('a', callerNamed('a'));
    const slow = directory.find('a');
    world.now += 40_000;
    await slow;
    world.now += 5_000;
    await directory.find('a');
    expect(world.reads).toEqual(['a', 'a']);
  });

  it('reads once for any number of calls at the same time', async () => {
    const { directory, stored, world } = setUp();
    stored.set('a', callerNamed('a'));
    const found = await Promise.all(Array.from({ length: 50 }, () => directory.find('a')));
    expect(found.every((caller) => caller?.id === 'a')).toBe(true);
    expect(world.reads).toEqual(['a']);
  });

  it('remembers for 10 s that there is no such caller', async () => {
    const { directory, stored, world } = setUp();
    expect(await directory.find('a')).toBeUndefined();
    stored.set('a', callerNamed('a'));
    world.now += 9_999;
    expect(await directory.find('a')).toBeUndefined();
    world.now += 1;
    expect(await directory.find('a')).toEqual(callerNamed('a'));
    expect(world.reads).toEqual(['a', 'a']);
  });

  it('forgets a removed caller when its entry is over', async () => {
    const { directory, stored, world } = setUp();
    stored.set('a', callerNamed('a'));
    await directory.find('a');
    stored.clear();
    world.now += 45_000;
    expect(await directory.find('a')).toBeUndefined();
  });

  it('serves an entry for 5 minutes while the store does not answer, says so, and then throws its error', async () => {
    const { directory, stored, stale, world } = setUp();
    stored.set('a', callerNamed('a'));
    await directory.find('a');
    world.failure = new Error('table away');
    world.now += 45_000;
    expect(await directory.find('a')).toEqual(callerNamed('a'));
    expect(stale).toEqual([{ callerId: 'a', ageMs: 45_000, error: world.failure }]);
    world.now += 254_999;
    expect(await directory.find('a')).toEqual(callerNamed('a'));
    world.now += 1;
    await expect(directory.find('a')).rejects.toBe(world.failure);
    expect(stale).toHaveLength(2);
  });

  it('asks a failing store once in 5 s, so that calls do not all wait for it', async () => {
    const { directory, stored, stale, world } = setUp();
    stored.set('a', callerNamed('a'));
    await directory.find('a');
    world.failure = new Error('table away');
    world.now += 45_000;
    await directory.find('a');
    world.now += 4_999;
    await directory.find('a');
    expect(world.reads).toHaveLength(2);
    world.now += 1;
    world.failure = undefined;
    stored.set('a', callerNamed('a', 'changed'));
    expect((await directory.find('a'))?.name).toBe('changed');
    expect(stale).toHaveLength(1);
  });

  it('never takes a failing store for an unknown caller', async () => {
    const { directory, world } = setUp();
    await directory.find('a');
    world.failure = new Error('table away');
    await expect(directory.find('b')).rejects.toBe(world.failure);
    world.now += 10_000;
    await expect(directory.find('a')).rejects.toBe(world.failure);
  });

  it('takes a second flight after a failed one', async () => {
    const { directory, stored, world } = setUp();
    world.failure = new Error('table away');
    await expect(directory.find('a')).rejects.toBe(world.failure);
    world.failure = undefined;
    stored.set('a', callerNamed('a'));
    expect(await directory.find('a')).toEqual(callerNamed('a'));
  });

  it('takes an entry for old when the clock went back', async () => {
    const { directory, stored, world } = setUp();
    stored.set('a', callerNamed('a'));
    await directory.find('a');
    world.now -= 3_600_000;
    await directory.find('a');
    expect(world.reads).toEqual(['a', 'a']);
  });

  it('keeps 1,000 callers, the longest unused one goes first', async () => {
    const { directory, stored, world } = setUp();
    const ids = Array.from({ length: 1_001 }, (_, number) => `caller${number}`);
    for (const id of ids) stored.set(id, callerNamed(id));
    for (const id of ids.slice(0, 1_000)) await directory.find(id);
    await directory.find('caller0');
    await directory.find('caller1000');
    world.reads.length = 0;
    await directory.find('caller0');
    expect(world.reads).toEqual([]);
    await directory.find('caller1');
    expect(world.reads).toEqual(['caller1']);
  });

  it('does not let made-up ids push real callers out', async () => {
    const { directory, stored, world } = setUp();
    stored.set('a', callerNamed('a'));
    await directory.find('a');
    for (let number = 0; number < 2_000; number += 1) await directory.find(`made-up${number}`);
    world.reads.length = 0;
    await directory.find('a');
    await directory.find('made-up1999');
    await directory.find('made-up0');
    expect(world.reads).toEqual(['made-up0']);
  });
});
