import { EC2Client, ModifyManagedPrefixListCommand, type ModifyManagedPrefixListRequest } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hasMoto } from '../moto-server.ts';
import { addresses, type FirewallScene, startFirewallScene } from './server-ips-firewalls-scene.ts';

const entries = (count: number) => addresses(count).map((Cidr) => ({ Cidr }));

type Request = Omit<ModifyManagedPrefixListRequest, 'PrefixListId'>;

const modify = (PrefixListId: string, request: Request) =>
  new EC2Client({}).send(new ModifyManagedPrefixListCommand({ PrefixListId, ...request }));

describe.skipIf(!hasMoto)("EC2's documented rules, in front of moto (skipped without moto: see MOTO_SERVER)", () => {
  let scene: FirewallScene;
  beforeAll(async () => {
    scene = await startFirewallScene((name, value) => vi.stubEnv(name, value));
  });
  afterAll(async () => {
    await scene.close();
    vi.unstubAllEnvs();
  });

  it.each<[string, Request]>([
    ['InvalidParameterCombination', { CurrentVersion: 1, MaxEntries: 20, AddEntries: entries(1) }],
    ['PrefixListVersionMismatch', { CurrentVersion: 2, AddEntries: entries(1) }],
    ['PrefixListVersionMismatch', { AddEntries: entries(1) }],
    ['PrefixListMaxEntriesExceeded', { CurrentVersion: 1, AddEntries: entries(11) }],
    ['InvalidParameterValue', { CurrentVersion: 1, AddEntries: entries(101) }],
  ])('answer %s to a modification that breaks one', async (code, request) => {
    const { id } = await scene.prefixList(10);
    await expect(modify(id, request)).rejects.toMatchObject({ name: code });
  });

  it('answer IncorrectState until a modification is complete', async () => {
    const target = await scene.prefixList(10);
    const first = await modify(target.id, { CurrentVersion: 1, AddEntries: entries(1) });
    expect(first.PrefixList?.State).toBe('modify-in-progress');
    const second = { CurrentVersion: 2, RemoveEntries: entries(1) };
    await expect(modify(target.id, second)).rejects.toMatchObject({ name: 'IncorrectState' });
    for (const _ of [1, 2, 3]) await scene.poll(target);
    await expect(modify(target.id, second)).resolves.toMatchObject({ PrefixList: { Version: 3 } });
  });
});
