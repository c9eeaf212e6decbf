import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allRanges } from '#shared/server-ips/ranges.ts';
import { addCaller } from './callers.ts';
import { CALLBACK_AT_START, DAY_MS, type ServerIpsScene, startServerIpsScene } from './server-ips-scene.ts';

const lines = (ranges: readonly string[]) => ranges.map((range) => `${range}\n`).join('');

describe('sync-server-ips', () => {
  let scene: ServerIpsScene;
  let mayRead: Readonly<Record<string, string>>;
  beforeEach(async () => {
    scene = await startServerIpsScene();
    mayRead = await addCaller(scene.rig, {
      grants: [{ appId: scene.appIds[0] ?? '', allow: ['server-ips:read'] }],
    });
  });
  afterEach(() => scene.close());

  const observe = async (callback: readonly unknown[]) => {
    // Whatever WeChat may send: the simulator only passes it on.
    scene.rig.simulator.setServerIps({ callback: callback as string[] });
    scene.nextDay();
    return (await scene.sync()).lists[0];
  };
  const callbackIs = async (ranges: readonly string[]) => {
    expect((await scene.served('callback', mayRead)).text).toBe(lines(ranges));
    expect(scene.firewall.held.get('callback')).toEqual(ranges);
  };

  it('makes one version of what it finds first, and tells both lists once', async () => {
    const { lists, outcomes } = await scene.sync();
    expect(outcomes).toEqual(['changed', 'changed']);
    expect(lists[0]).toMatchObject({ list: 'callback', version: 1, added: 3, removed: 0 });
    expect(scene.appIds).toContain(lists[0]?.account);
    expect(scene.announcer.told).toMatchObject([
      { list: 'callback', version: 1, reason: 'first', difference: { added: { v4: CALLBACK_AT_START } } },
      { list: 'api-domain', version: 1 },
    ]);
    await callbackIs(CALLBACK_AT_START);
  });

  it('makes one version, one event and one message of each change, with exactly the difference, and none of a day without', async () => {
    const lists = [
      ['106.55.206.146', '106.55.206.211', '101.226.103.0/25'],
      ['106.55.206.211', '101.226.103.0/25', '106.55.206.146', '106.55.206.146'],
      ['106.55.206.146', '101.226.103.0/25', '106.55.206.212'],
      ['106.55.206.146', '101.226.103.0/25', '106.55.206.212'],
      ['106.55.206.146', '101.226.103.0/24', '106.55.206.212', '2402:4E00:0000::/40'],
    ];
    const versions: (number | undefined)[] = [];
    for (const callback of lists) {
      scene.rig.simulator.setServerIps({ callback });
      versions.push((await scene.sync()).lists[0]?.version);
      scene.nextDay();
    }
    expect(versions).toEqual([1, 1, 2, 2, 3]);
    const told = scene.announcer.told.filter(({ list, version }) => list === 'callback' && version > 1);
    expect(told.map(({ version, difference }) => [version, difference])).toEqual([
      [2, { added: { v4: ['106.55.206.212/32'], v6: [] }, removed: { v4: ['106.55.206.211/32'], v6: [] } }],
      [3, { added: { v4: ['101.226.103.128/25'], v6: ['2402:4e00::/40'] }, removed: { v4: [], v6: [] } }],
    ]);
    const history = await scene.store.history('callback');
    expect(history.map(({ version, account }) => [version, scene.appIds.includes(account)])).toEqual([
      [3, true],
      [2, true],
      [1, true],
    ]);
    expect((await scene.store.history('api-domain')).map(({ version }) => version)).toEqual([1]);
    await callbackIs(['101.226.103.0/24', '106.55.206.146/32', '106.55.206.212/32', '2402:4e00::/40']);
  });

  it('emits a heartbeat on a day without change', async () => {
    await scene.sync();
    await scene.sync();
    expect(scene.metrics().at(-1)).toMatchObject({
      ServerIpsChecked: 2,
      ServerIpsChanged: 0,
      ServerIpsPending: 0,
      ServerIpsRefused: 0,
      ServerIpsNotFetched: 0,
      ServerIpsUntold: 0,
      FirewallsFailed: 0,
    });
  });

  it('makes one version when two run at the same moment', async () => {
    for (const callback of [CALLBACK_AT_START, [...CALLBACK_AT_START, '106.55.207.1']]) {
      scene.rig.simulator.setServerIps({ callback });
      await Promise.all(Array.from({ length: 4 }, () => scene.environment().invoke({})));
    }
    expect((await scene.store.history('callback')).map(({ version }) => version)).toEqual([2, 1]);
    expect(scene.announcer.told.map(({ list, version }) => `${list} ${version}`).toSorted()).toEqual([
      'api-domain 1',
      'callback 1',
      'callback 2',
    ]);
  });

  describe('keeps the list before, served and in the firewall, when the new one', () => {
    beforeEach(async () => {
      await scene.sync();
      scene.announcer.told.length = 0;
    });

    it.each([
      ['is empty', [], 'empty', ''],
      ['cannot be read', [...CALLBACK_AT_START, 'x'.repeat(80)], 'unparsable', 'x'.repeat(64)],
      ['is no list of texts', [...CALLBACK_AT_START, 5], 'unparsable', '5'],
      ['holds a private address', [...CALLBACK_AT_START, '10.0.0.1'], 'forbidden', '10.0.0.1'],
      ['holds loopback', [...CALLBACK_AT_START, '127.0.0.0/8'], 'forbidden', '127.0.0.0/8'],
      ['holds multicast', [...CALLBACK_AT_START, '224.0.0.1'], 'forbidden', '224.0.0.1'],
      ['holds everything', [...CALLBACK_AT_START, '0.0.0.0/0'], 'forbidden', '0.0.0.0/0'],
    ])('%s, however often it is seen', async (_what, callback, reason, text) => {
      for (let day = 0; day < 4; day += 1) {
        expect(await observe(callback)).toMatchObject({ outcome: 'refused', version: 1, refused: { reason, text } });
      }
      expect(scene.metrics().at(-1)).toMatchObject({ ServerIpsRefused: 1, ServerIpsChecked: 2 });
      expect(scene.announcer.told).toEqual([]);
      await callbackIs(CALLBACK_AT_START);
      expect(await observe(CALLBACK_AT_START)).toMatchObject({ outcome: 'unchanged' });
      expect((await scene.store.read('callback')).state.refused).toBeUndefined();
    });

    it('is no list at all', async () => {
      const path = '/cgi-bin/getcallbackip';
      scene.rig.simulator.faults.add({ path, times: 2, kind: 'html' });
      expect((await scene.sync()).lists[0]).toMatchObject({
        outcome: 'not-fetched',
        failedAccounts: [{ cause: 'odd-answer' }, { cause: 'odd-answer' }],
      });
      scene.rig.simulator.faults.add({ path, kind: 'body', body: '{"ip_list":"106.55.206.146"}' });
      expect((await scene.sync()).lists[0]).toMatchObject({ outcome: 'refused', refused: { reason: 'unparsable' } });
      expect(scene.announcer.told).toEqual([]);
      await callbackIs(CALLBACK_AT_START);
    });

    it('has lost more than half, until it was seen on two later days', async () => {
      const fewer = ['106.55.206.146'];
      expect(await observe(fewer)).toMatchObject({ outcome: 'pending', pendingDays: 1, version: 1 });
      expect((await scene.sync()).lists[0]).toMatchObject({ outcome: 'pending', pendingDays: 1 });
      expect(scene.metrics().at(-1)).toMatchObject({ ServerIpsPending: 1 });
      expect(await observe(fewer)).toMatchObject({ outcome: 'pending', pendingDays: 2 });
      expect(scene.announcer.told).toEqual([]);
      await callbackIs(CALLBACK_AT_START);
      expect(await observe(fewer)).toMatchObject({ outcome: 'changed', version: 2 });
      expect(scene.announcer.told).toMatchObject([{ version: 2, reason: 'confirmed' }]);
      await callbackIs(['106.55.206.146/32']);
    });

    it('has lost more than half, and forgets it when the old one is back', async () => {
      await observe(['106.55.206.146']);
      expect(await observe(CALLBACK_AT_START)).toMatchObject({ outcome: 'unchanged' });
      expect((await scene.store.read('callback')).state.pending).toBeUndefined();
      await callbackIs(CALLBACK_AT_START);
    });

    it('has lost more than half, until an operator approves exactly that one', async () => {
      await observe(['106.55.206.146']);
      const since = (await scene.store.read('callback')).state.pending?.since ?? 0;
      const approve = (at: number) => scene.sync({ approve: { list: 'callback', since: at } });
      expect((await approve(since - DAY_MS)).outcomes).toEqual(['nothing-pending']);
      await callbackIs(CALLBACK_AT_START);
      expect((await approve(since)).outcomes).toEqual(['changed']);
      expect((await approve(since)).outcomes).toEqual(['nothing-pending']);
      expect(scene.announcer.told).toMatchObject([{ version: 2, reason: 'approved' }]);
      await callbackIs(['106.55.206.146/32']);
    });

    it('has refused ranges: there is nothing that an operator could approve', async () => {
      await observe(['10.0.0.1']);
      expect((await scene.store.read('callback')).state).toMatchObject({
        pending: undefined,
        refused: { reason: 'forbidden', text: '10.0.0.1' },
      });
    });
  });

  it('tells on the next run what could not be told, and the history has it all along', async () => {
    scene.announcer.failures = 1;
    const { lists } = await scene.sync();
    expect(lists.map(({ untold }) => untold)).toEqual([1, 0]);
    expect(scene.metrics().at(-1)).toMatchObject({ ServerIpsUntold: 1 });
    expect(await scene.store.history('callback')).toHaveLength(1);
    expect(scene.announcer.told.map(({ list }) => list)).toEqual(['api-domain']);
    scene.nextDay();
    expect((await scene.sync()).outcomes).toEqual(['unchanged', 'unchanged']);
    expect(scene.announcer.told.map(({ list, version }) => [list, version])).toEqual([
      ['api-domain', 1],
      ['callback', 1],
    ]);
    await scene.sync();
    expect(scene.announcer.told).toHaveLength(2);
  });

  it('applies the next version although the one before could never be told, and keeps both in the history', async () => {
    scene.announcer.failures = 4;
    await scene.sync();
    scene.rig.simulator.setServerIps({ callback: [...CALLBACK_AT_START, '106.55.207.1'] });
    scene.nextDay();
    expect((await scene.sync()).lists[0]).toMatchObject({ outcome: 'changed', version: 2 });
    expect((await scene.store.history('callback')).map(({ version }) => version)).toEqual([2, 1]);
    await callbackIs([...CALLBACK_AT_START, '106.55.207.1/32']);
  });

  it('leaves a list to the next run while somebody else is telling the version before', async () => {
    await scene.sync();
    const { state, revision } = await scene.store.read('callback');
    await scene.store.replace('callback', { ...state, tellingUntil: scene.clock.now() + 60_000 }, revision);
    scene.rig.simulator.setServerIps({ callback: [...CALLBACK_AT_START, '106.55.207.1'] });
    expect((await scene.sync()).outcomes).toEqual(['busy', 'unchanged']);
    scene.clock.set(scene.clock.now() + 60_000);
    expect((await scene.sync()).outcomes).toEqual(['changed', 'unchanged']);
  });

  it('finishes what a run left that died between storing a version and telling it', async () => {
    await scene.sync();
    const { state, revision } = await scene.store.read('callback');
    await scene.store.replace('callback', { ...state, tellingUntil: scene.clock.now() + 1 }, revision);
    scene.announcer.told.length = 0;
    scene.nextDay();
    await scene.sync();
    expect(scene.announcer.told).toMatchObject([{ list: 'callback', version: 1 }]);
  });

  it('gives a failed firewall the list again on the next run', async () => {
    scene.firewall.failing = true;
    expect((await scene.sync()).firewalls).toMatchObject([
      { firewall: 'test-firewall', list: 'callback', outcome: { outcome: 'failed' } },
      { list: 'api-domain', outcome: { outcome: 'failed' } },
    ]);
    expect(scene.metrics().at(-1)).toMatchObject({ FirewallsFailed: 2 });
    scene.firewall.failing = false;
    expect((await scene.sync()).firewalls.map(({ outcome }) => outcome.outcome)).toEqual(['changed', 'changed']);
    await callbackIs(CALLBACK_AT_START);
  });

  it('heals a refused token and fetches with that', async () => {
    await scene.sync();
    for (const appId of scene.appIds) scene.rig.simulator.account(appId).killCurrentToken();
    expect((await scene.sync()).lists).toMatchObject([{ outcome: 'unchanged', failedAccounts: [] }, {}]);
  });

  it('falls back to the next account, and says which one was used', async () => {
    const [first = '', second = ''] = scene.appIds;
    for (const [bad, good] of [
      [first, second],
      [second, first],
    ] as const) {
      scene.rig.simulator.account(bad).freezeSecret();
      scene.rig.simulator.account(bad).killCurrentToken();
      scene.nextDay();
      const { lists } = await scene.sync();
      expect(lists.map(({ account }) => account)).toEqual([good, good]);
      scene.rig.simulator.account(bad).unfreezeSecret();
      scene.nextDay();
    }
  });

  it('keeps everything and says so when no account can fetch', async () => {
    await scene.sync();
    await scene.rig.simulator.close();
    const { outcomes, lists } = await scene.sync();
    expect(outcomes).toEqual(['not-fetched', 'not-fetched']);
    expect(lists[0]?.failedAccounts.map(({ account }) => account).toSorted()).toEqual(scene.appIds.toSorted());
    expect(scene.metrics().at(-1)).toMatchObject({ ServerIpsNotFetched: 2, ServerIpsChecked: 0 });
    await callbackIs(CALLBACK_AT_START);
  });

  it('refuses an event that is none of ours, and fails when the table does not answer', async () => {
    await expect(scene.sync({ list: 'callback' })).rejects.toThrow('a field other than approve');
    await scene.rig.dynamodb.close();
    await expect(scene.sync()).rejects.toThrow('ECONNREFUSED');
  });

  it('stores 2,000 ranges as one item', async () => {
    const callback = Array.from({ length: 2_000 }, (_, n) => `101.${n >> 7}.${(2 * n) & 0xff}.0/24`);
    scene.rig.simulator.setServerIps({ callback });
    await scene.sync();
    const { applied } = (await scene.store.glance('callback')).state;
    expect(allRanges(applied?.ranges ?? { v4: [], v6: [] })).toHaveLength(2_000);
  });
});
