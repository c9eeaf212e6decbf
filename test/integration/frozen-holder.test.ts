import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '#shared/clock.node.ts';
import { APP_ID, startGatedRig, stateIn } from './holder-scene.ts';

const NO_TOKEN_EVENT = { appId: APP_ID };
const PATIENCE = { timeout: 60_000, interval: 20 };
/** Long enough for a signal to come first, and inside the 4 s that a holder waits for WeChat. */
const ANSWER_DELAY_MS = 3_000;

type GatedRig = Awaited<ReturnType<typeof startGatedRig>>;

/** The next refresher: it finds the lease live, waits until it ends by the system's clock, and issues. */
async function refreshAfterLease({ rig, issuePath }: GatedRig): Promise<void> {
  const state = await rig.tokens.read(APP_ID);
  const leaseEnd = state?.lease?.end ?? Number.NaN;
  const { length: arrivedBefore } = rig.simulator.log.entries;
  expect(await rig.refreshEnvironment('next').invoke(NO_TOKEN_EVENT)).toEqual({ outcome: 'committed' });
  const [issue, ...more] = rig.simulator.log.entries.slice(arrivedBefore);
  expect({ path: issue?.path, more }).toEqual({ path: issuePath, more: [] });
  expect(issue?.at).toBeGreaterThanOrEqual(leaseEnd);
}

// Every one of them waits for a real lease of 6.5 s to end, so they wait together. In all of them the first token is killed before the second
// is issued: stable mode would otherwise hand out the same one twice.
describe.concurrent.each(['stable', 'classic'] as const)(
  'a refresher (%s) that is frozen for longer than its lease',
  (mode) => {
    it('loses with a commit that was under way: the next token stays', async (test) => {
      const gated = await startGatedRig(mode, systemClock, test);
      const { rig, gate, account } = gated;
      const hold = gate.hold('commit', 'request');
      const holder = gated.startHolder(NO_TOKEN_EVENT);
      await hold.reached;
      holder.signal('SIGSTOP');
      account.killCurrentToken();
      await refreshAfterLease(gated);
      const after = await stateIn(rig);

      await hold.release();
      expect(await stateIn(rig)).toEqual(after);
      holder.signal('SIGCONT');
      expect(await holder.message).toEqual({ outcome: 'superseded' });

      expect(await stateIn(rig)).toEqual(after);
      expect(account.accepts(after.token.value)).toBe(true);
    });

    it('replaces nothing when its commit lands while the next one is issuing: the later issue wins', async (test) => {
      const gated = await startGatedRig(mode, systemClock, test);
      const { rig, gate, ownGate, account } = gated;
      const hold = gate.hold('commit', 'request');
      const holder = gated.startHolder(NO_TOKEN_EVENT);
      await hold.reached;
      holder.signal('SIGSTOP');
      account.killCurrentToken();
      const ownHold = ownGate.hold('commit', 'request');
      const next = refreshAfterLease(gated);
      await ownHold.reached;

      await hold.release();
      holder.signal('SIGCONT');
      expect(await holder.message).toEqual({ outcome: 'committed' });
      const between = await stateIn(rig);
      // A classic holder without its lease cannot know whether somebody has asked WeChat after it.
      expect(between.suspectAt !== undefined).toBe(mode === 'classic');
      await ownHold.release();
      await next;

      const after = await stateIn(rig);
      expect({ between: between.version, after: after.version }).toEqual({ between: 1, after: 2 });
      expect(account.accepts(between.token.value)).toBe(false);
      expect(account.accepts(after.token.value)).toBe(true);
      expect(after.token.receivedAt).toBeGreaterThan(between.token.receivedAt);
    });

    it('does not use an answer of WeChat that it reads too late', async (test) => {
      const gated = await startGatedRig(mode, systemClock, test);
      const { rig, account, issuePath } = gated;
      rig.simulator.faults.add({ kind: 'delay', ms: ANSWER_DELAY_MS, when: 'after', path: issuePath });
      const holder = gated.startHolder(NO_TOKEN_EVENT);
      await vi.waitUntil(() => account.issued(mode) === 1, PATIENCE);
      holder.signal('SIGSTOP');
      account.killCurrentToken();
      await refreshAfterLease(gated);
      const after = await stateIn(rig);
      holder.signal('SIGCONT');
      expect(await holder.message).toEqual({ outcome: 'superseded' });

      expect(await stateIn(rig)).toEqual(after);
      expect(account.accepts(after.token.value)).toBe(true);
    });

    it('sends nothing when it was frozen between lease and call', async (test) => {
      const gated = await startGatedRig(mode, systemClock, test);
      const { rig, gate, account, issuePath } = gated;
      const hold = gate.hold('acquire', 'answer');
      const holder = gated.startHolder(NO_TOKEN_EVENT);
      await hold.reached;
      holder.signal('SIGSTOP');
      await refreshAfterLease(gated);
      const after = await stateIn(rig);
      await hold.release();
      holder.signal('SIGCONT');
      // Which of the two depends on whether it reads the old answer or asks again; neither has issued.
      expect(['superseded', 'not-needed']).toContain(((await holder.message) as { outcome: string }).outcome);

      expect(rig.simulator.log.count(issuePath)).toBe(1);
      expect(await stateIn(rig)).toEqual(after);
      expect(account.accepts(after.token.value)).toBe(true);
    });
  },
);
