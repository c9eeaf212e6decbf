import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PrefixListTarget } from '#shared/server-ips/firewall-settings.ts';
import { hasMoto } from '../moto-server.ts';
import { addresses, type FirewallScene, firewallsFor, startFirewallScene } from './server-ips-firewalls-scene.ts';

const apply = async (target: PrefixListTarget, v4: readonly string[], v6: readonly string[] = []) => {
  const [firewall] = firewallsFor([target], []);
  return firewall?.apply({ v4, v6 }, 'callback');
};

describe.skipIf(!hasMoto)('a managed prefix list (skipped without moto: see MOTO_SERVER)', () => {
  let scene: FirewallScene;
  beforeAll(async () => {
    scene = await startFirewallScene((name, value) => vi.stubEnv(name, value));
  });
  afterAll(async () => {
    await scene.close();
    vi.unstubAllEnvs();
  });
  beforeEach(() => {
    scene.ec2.taken.length = 0;
    scene.ec2.refused.length = 0;
    scene.ec2.sizeLimit = 1_000;
    scene.ec2.cutAfter = Number.POSITIVE_INFINITY;
  });

  it('is made to hold 250 ranges: first its size alone, then 100 additions at a time, and no request breaks a rule', async () => {
    const target = await scene.prefixList(10);
    expect(await apply(target, addresses(250))).toEqual({ outcome: 'changed', added: 250, removed: 0 });
    expect(await scene.entriesOf(target)).toEqual(addresses(250).toSorted());
    expect(scene.ec2.refused).toEqual([]);
    expect(scene.ec2.taken).toEqual([
      { added: 0, removed: 0, maxEntries: 250 },
      { added: 100, removed: 0, maxEntries: undefined },
      { added: 100, removed: 0, maxEntries: undefined },
      { added: 50, removed: 0, maxEntries: undefined },
    ]);
  });

  it('is not written by a second run', async () => {
    const target = await scene.prefixList(10);
    await apply(target, addresses(3));
    scene.ec2.taken.length = 0;
    expect(await apply(target, addresses(3).toReversed())).toEqual({ outcome: 'unchanged' });
    expect(scene.ec2.taken).toEqual([]);
  });

  it('gets the new ranges before it loses the old ones, with room for both', async () => {
    const target = await scene.prefixList(2, ['10.1.0.0/16', '10.2.0.0/16']);
    expect(await apply(target, ['10.2.0.0/16', '10.3.0.0/16'])).toEqual({ outcome: 'changed', added: 1, removed: 1 });
    expect(await scene.entriesOf(target)).toEqual(['10.2.0.0/16', '10.3.0.0/16']);
    expect(scene.ec2.taken).toEqual([
      { added: 0, removed: 0, maxEntries: 3 },
      { added: 1, removed: 0, maxEntries: undefined },
      { added: 0, removed: 1, maxEntries: undefined },
    ]);
  });

  it('holds one address family: IPv4 and IPv6 go to lists of their own', async () => {
    const v4 = await scene.prefixList(10);
    const v6 = await scene.prefixList(10, ['2001:0db8:0::/48'], 'ipv6');
    const ranges = { v4: ['10.0.0.0/8'], v6: ['2001:db8::/48', '2001:db8:1::/48'] };
    const firewalls = firewallsFor([v4, v6], []);
    const outcomes = [];
    for (const firewall of firewalls) outcomes.push(await firewall.apply(ranges, 'callback'));
    expect(outcomes).toEqual([
      { outcome: 'changed', added: 1, removed: 0 },
      { outcome: 'changed', added: 1, removed: 0 },
    ]);
    expect(await scene.entriesOf(v6)).toEqual(['2001:0db8:0::/48', '2001:db8:1::/48']);
  });

  it("is left alone when the other list is applied, or when the environment file's family is not the list's", async () => {
    const target = await scene.prefixList(10);
    const [other] = firewallsFor([{ ...target, list: 'api-domain' }], []);
    expect(await other?.apply({ v4: ['10.0.0.0/8'], v6: [] }, 'callback')).toEqual({ outcome: 'other-list' });
    expect(await apply({ ...target, family: 'ipv6' }, ['10.0.0.0/8'])).toEqual({
      outcome: 'failed',
      reason: `${target.id} holds ipv4 and the stage's environment file says ipv6`,
    });
    expect(scene.ec2.taken).toEqual([]);
  });

  it('that does not exist is a failure that says what to correct', async () => {
    const missing: PrefixListTarget = { list: 'callback', family: 'ipv4', id: 'pl-00000000000000000' };
    expect(await apply(missing, ['10.0.0.0/8'])).toEqual({
      outcome: 'failed',
      reason: expect.stringContaining('pl-00000000000000000 does not exist in this region'),
    });
  });

  it('that a second writer changes in between is read again and ends as it should', async () => {
    const target = await scene.prefixList(10);
    scene.ec2.beforeModification = () => scene.addBehindOurBack(target, 1, '192.0.2.0/24');
    expect(await apply(target, ['10.0.0.0/8'])).toEqual({ outcome: 'changed', added: 1, removed: 1 });
    expect(await scene.entriesOf(target)).toEqual(['10.0.0.0/8']);
    expect(scene.ec2.refused).toEqual(['IncorrectState']);
  });

  it('whose version a second writer moved on is read again and ends as it should', async () => {
    const target = await scene.prefixList(10);
    scene.ec2.beforeModification = async () => {
      await scene.addBehindOurBack(target, 1, '192.0.2.0/24');
      // Until EC2 says that the second writer's change is complete.
      await Promise.all([1, 2, 3].map(() => scene.poll(target)));
    };
    expect(await apply(target, ['10.0.0.0/8'])).toEqual({ outcome: 'changed', added: 1, removed: 1 });
    expect(await scene.entriesOf(target)).toEqual(['10.0.0.0/8']);
    expect(scene.ec2.refused).toEqual(['PrefixListVersionMismatch']);
  });

  it('brought up to date by two runs at the same moment holds every range once', async () => {
    const target = await scene.prefixList(300);
    const outcomes = await Promise.all([apply(target, addresses(250)), apply(target, addresses(250))]);
    expect(outcomes.map((outcome) => outcome?.outcome)).not.toContain('failed');
    expect(await scene.entriesOf(target)).toEqual(addresses(250).toSorted());
  });

  it('that a quota stops says so, keeps its entries, and is retried by the next run', async () => {
    const target = await scene.prefixList(5, addresses(5));
    scene.ec2.sizeLimit = 6;
    const stopped = await apply(target, addresses(8));
    expect(stopped).toEqual({
      outcome: 'failed',
      reason:
        'EC2 did not enlarge the list from 5 to 8 entries, which the old and the new ranges need together: ' +
        "raise the AWS account's quota for entries per prefix list, or that of what refers to the list " +
        '(The size 8 is too large for sg-0)',
    });
    expect(await scene.entriesOf(target)).toEqual(addresses(5).toSorted());
    scene.ec2.sizeLimit = 1_000;
    expect(await apply(target, addresses(8))).toEqual({ outcome: 'changed', added: 3, removed: 0 });
  });

  it('cut off in the middle is a failure, and the next run does only the rest', async () => {
    const target = await scene.prefixList(300);
    scene.ec2.cutAfter = 1;
    expect(await apply(target, addresses(250))).toMatchObject({ outcome: 'failed' });
    expect(await scene.entriesOf(target)).toHaveLength(100);
    scene.ec2.cutAfter = Number.POSITIVE_INFINITY;
    expect(await apply(target, addresses(250))).toEqual({ outcome: 'changed', added: 150, removed: 0 });
  });
});
