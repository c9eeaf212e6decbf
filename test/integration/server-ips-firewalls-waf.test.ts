import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { prefixListsText, type WafIpSetTarget, wafIpSetsText } from '#shared/server-ips/firewall-settings.ts';
import { createWafv2IpSets } from '#shared/server-ips/waf-ip-set.wafv2.ts';
import { createWafIpSetFirewall } from '#shared/server-ips/waf-ip-set-firewall.ts';
import { listenOnLoopback } from '../../infra/local/loopback-server.ts';
import { hasMoto } from '../moto-server.ts';
import { createMovableClock } from '../movable-clock.ts';
import type { AppliedOutcomes } from './processes/apply-firewalls.ts';
import { startChild } from './processes/child.ts';
import { addresses, type FirewallScene, firewallsFor, startFirewallScene } from './server-ips-firewalls-scene.ts';

const apply = async (target: WafIpSetTarget, v4: readonly string[], v6: readonly string[] = []) => {
  const [firewall] = firewallsFor([], [target]);
  return firewall?.apply({ v4, v6 }, 'callback');
};

describe.skipIf(!hasMoto)('firewalls in front of moto (skipped without moto: see MOTO_SERVER)', () => {
  let scene: FirewallScene;
  beforeAll(async () => {
    scene = await startFirewallScene((name, value) => vi.stubEnv(name, value));
  });
  afterAll(async () => {
    await scene.close();
    vi.unstubAllEnvs();
  });

  it('a WAF IP set is replaced as a whole, and a second run changes nothing', async () => {
    const target = await scene.ipSet(['10.0.0.0/8', '192.0.2.0/24']);
    expect(await apply(target, ['10.0.0.0/8', ...addresses(3)])).toEqual({ outcome: 'changed', added: 3, removed: 1 });
    expect(await scene.addressesOf(target)).toEqual(['10.0.0.0/8', ...addresses(3)].toSorted());
    const set = await createWafv2IpSets().get(target);
    expect(await apply(target, ['10.0.0.0/8', ...addresses(3)])).toEqual({ outcome: 'unchanged' });
    expect((await createWafv2IpSets().get(target))?.lockToken).toBe(set?.lockToken);
  });

  it('a replacement repeats the description, which AWS would otherwise take away with the rest', async () => {
    const bodies: unknown[] = [];
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        bodies.push(JSON.parse(body));
        return response.end('{"NextLockToken":"second"}');
      });
    });
    const waf = await listenOnLoopback(server, 0);
    vi.stubEnv('AWS_ENDPOINT_URL_WAFV2', waf.endpoint);
    const target: WafIpSetTarget = { list: 'callback', family: 'ipv4', scope: 'REGIONAL', name: 'wechat', id: 'a1b2' };
    const read = { family: 'ipv4', addresses: [], description: 'kept', lockToken: 'first' } as const;
    expect(await createWafv2IpSets().replace(target, read, ['10.0.0.0/8'])).toBe('replaced');
    vi.stubEnv('AWS_ENDPOINT_URL_WAFV2', scene.variables['AWS_ENDPOINT_URL_WAFV2']);
    await waf.close();
    const name = { Name: 'wechat', Id: 'a1b2', Scope: 'REGIONAL' };
    expect(bodies).toEqual([{ ...name, Description: 'kept', Addresses: ['10.0.0.0/8'], LockToken: 'first' }]);
  });

  it('a WAF IP set with IPv6 written out in full is the same set', async () => {
    const target = await scene.ipSet(['2001:0db8:0000:0000:0000:0000:0000:0000/32'], { family: 'ipv6' });
    expect(await apply(target, [], ['2001:db8::/32'])).toEqual({ outcome: 'unchanged' });
  });

  it("CloudFront's IP set is found in us-east-1, whatever the stack's region", async () => {
    const target = await scene.ipSet([], { scope: 'CLOUDFRONT' });
    expect(await apply(target, ['10.0.0.0/8'])).toEqual({ outcome: 'changed', added: 1, removed: 0 });
    expect(await apply(target, ['10.0.0.0/8'])).toEqual({ outcome: 'unchanged' });
  });

  it('a WAF IP set takes 10,000 ranges, and 10,001 are a failure that leaves it as it is', async () => {
    const target = await scene.ipSet();
    expect(await apply(target, addresses(10_000))).toEqual({ outcome: 'changed', added: 10_000, removed: 0 });
    expect(await apply(target, addresses(10_001))).toEqual({
      outcome: 'failed',
      reason: 'a WAF IP set holds 10000 ranges at most and the list has 10001',
    });
    expect(await scene.addressesOf(target)).toHaveLength(10_000);
  });

  it('a WAF IP set that a second writer changes in between is read again and ends as it should', async () => {
    const target = await scene.ipSet(['10.0.0.0/8']);
    const real = createWafv2IpSets();
    const answers: string[] = [];
    const firewall = createWafIpSetFirewall(target, {
      wafIpSets: async () => ({
        get: (named) => real.get(named),
        async replace(named, read, cidrs) {
          if (answers.length === 0) await scene.replaceBehindOurBack(target, ['192.0.2.0/24']);
          const answer = await real.replace(named, read, cidrs);
          answers.push(answer);
          return answer;
        },
      }),
      clock: { ...createMovableClock(), sleep: async () => {} },
    });
    const outcome = await firewall.apply({ v4: ['10.0.0.0/8', '10.0.0.1/32'], v6: [] }, 'callback');
    expect(answers).toEqual(['conflict', 'replaced']);
    expect(outcome).toEqual({ outcome: 'changed', added: 2, removed: 1 });
    expect(await scene.addressesOf(target)).toEqual(['10.0.0.0/8', '10.0.0.1/32']);
  });

  it('a WAF IP set that is not there, or of the other family, is a failure that says what to correct', async () => {
    const target = await scene.ipSet();
    expect(await apply({ ...target, id: 'no-such-id' }, ['10.0.0.0/8'])).toEqual({
      outcome: 'failed',
      reason: expect.stringContaining("correct the stage's environment file"),
    });
    expect(await apply({ ...target, family: 'ipv6' }, [], ['2001:db8::/32'])).toEqual({
      outcome: 'failed',
      reason: "it holds ipv4 and the stage's environment file says ipv6",
    });
  });

  it('a run killed between two firewalls leaves the second to the next run, which does not write the first again', async () => {
    const [prefixList, ipSet] = [await scene.prefixList(10), await scene.ipSet()];
    const named = { PREFIX_LISTS: prefixListsText([prefixList]), WAF_IP_SETS: wafIpSetsText([ipSet]) };
    const silentWaf = createServer();
    const silence = await listenOnLoopback(silentWaf, 0);
    const variables = { ...scene.variables, ...named, AWS_ENDPOINT_URL_WAFV2: silence.endpoint };
    const killed = startChild<AppliedOutcomes>('./apply-firewalls.ts', variables, '10.0.0.0/8');
    await Promise.race([once(silentWaf, 'request'), killed.message]);
    await killed.end();
    await silence.close();
    await expect(killed.message).rejects.toThrow('SIGKILL');
    expect(await scene.entriesOf(prefixList)).toEqual(['10.0.0.0/8']);
    expect(await scene.addressesOf(ipSet)).toEqual([]);

    const taken = scene.ec2.taken.length;
    const next = startChild<AppliedOutcomes>('./apply-firewalls.ts', { ...scene.variables, ...named }, '10.0.0.0/8');
    expect(await next.message).toEqual([{ outcome: 'unchanged' }, { outcome: 'changed', added: 1, removed: 0 }]);
    await next.exited;
    expect(scene.ec2.taken).toHaveLength(taken);
    expect(await scene.addressesOf(ipSet)).toEqual(['10.0.0.0/8']);
  });

  it('one firewall that fails does not keep the other from being brought up to date', async () => {
    const [prefixList, ipSet] = [await scene.prefixList(10), await scene.ipSet()];
    scene.ec2.cutAfter = 0;
    const outcomes = [];
    for (const firewall of firewallsFor([prefixList], [ipSet])) {
      outcomes.push(await firewall.apply({ v4: ['10.0.0.0/8'], v6: [] }, 'callback'));
    }
    scene.ec2.cutAfter = Number.POSITIVE_INFINITY;
    expect(outcomes).toEqual([
      { outcome: 'failed', reason: expect.stringContaining('EC2 did not take the entries') },
      { outcome: 'changed', added: 1, removed: 0 },
    ]);
  });
});
