import type { Announcer, ServerIpsChange } from '#shared/server-ips/announcement.ts';
import type { Firewall, FirewallOutcome } from '#shared/server-ips/firewall.ts';
import { allRanges } from '#shared/server-ips/ranges.ts';
import type { ServerIpList } from '#shared/server-ips/server-ip-list.ts';
import { createDynamoServerIpsStore } from '#shared/server-ips/server-ips-store.dynamodb.ts';
import { type Rig, startRig } from '../gateway-rig.ts';
import { createMovableClock } from '../movable-clock.ts';
import { simulatedAccount } from './callers.ts';

/** What the simulator answers at the start, normalised. */
export const CALLBACK_AT_START = ['101.226.103.0/25', '106.55.206.146/32', '106.55.206.211/32'];

/** A day of WeChat's. */
export const DAY_MS = 86_400_000;

/** Remembers what it was told; fails as often as a test says. */
export interface ToldAnnouncer extends Announcer {
  readonly told: ServerIpsChange[];
  failures: number;
}

/** See {@link ToldAnnouncer}. */
export function toldAnnouncer(): ToldAnnouncer {
  const announcer: ToldAnnouncer = {
    told: [],
    failures: 0,
    async announce(change) {
      if (announcer.failures > 0) {
        announcer.failures -= 1;
        throw new Error('the announcer is out of order');
      }
      announcer.told.push(change);
    },
  };
  return announcer;
}

/** A firewall that holds both lists. */
export interface HeldFirewall extends Firewall {
  readonly held: Map<ServerIpList, readonly string[]>;
  failing: boolean;
}

/** See {@link HeldFirewall}. */
export function heldFirewall(): HeldFirewall {
  const firewall: HeldFirewall = {
    name: 'test-firewall',
    held: new Map(),
    failing: false,
    async apply(ranges, list): Promise<FirewallOutcome> {
      if (firewall.failing) return { outcome: 'failed', reason: 'the firewall is out of order' };
      const before = firewall.held.get(list) ?? [];
      const now = allRanges(ranges);
      firewall.held.set(list, now);
      if (before.join(' ') === now.join(' ')) return { outcome: 'unchanged' };
      return { outcome: 'changed', added: now.length, removed: before.length };
    },
  };
  return firewall;
}

/** A rig with two accounts, its lists, and everybody who hears of them. */
export type ServerIpsScene = Awaited<ReturnType<typeof startServerIpsScene>>;

/** Close it after the test. */
export async function startServerIpsScene() {
  const clock = createMovableClock();
  const accounts = [simulatedAccount(), simulatedAccount()];
  const rig: Rig = await startRig({ accounts, clock });
  await rig.refreshEnvironment().invoke({});
  const announcer = toldAnnouncer();
  const firewall = heldFirewall();
  const store = createDynamoServerIpsStore(rig.dynamodbClient(), rig.tableName);
  const environment = () => rig.syncEnvironment({ announcers: [announcer], firewalls: [firewall] });
  return {
    rig,
    clock,
    appIds: accounts.map(({ appId }) => appId),
    announcer,
    firewall,
    store,
    environment,
    /** Runs the function in a cold environment; both lists' outcomes. */
    async sync(event: unknown = {}) {
      const answer = await environment().invoke(event);
      return { ...answer, outcomes: answer.lists.map(({ outcome }) => outcome) };
    },
    /** What `GET /gateway/server-ips` shows to a caller that may see it. */
    async served(list: ServerIpList, headers: Readonly<Record<string, string>>, format = 'text') {
      return rig.callEnvironment().call({
        path: '/gateway/server-ips',
        query: `list=${list}&format=${format}`,
        headers,
      });
    },
    nextDay: () => clock.set(clock.now() + DAY_MS),
    metrics: () =>
      rig.lines
        .filter((line) => line.includes('ServerIpsChecked'))
        .map((line) => JSON.parse(line) as Record<string, number>),
    close: () => rig.close(),
  };
}
