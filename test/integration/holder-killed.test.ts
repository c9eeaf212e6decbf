import { describe, expect, it, type TestContext, vi } from 'vitest';
import type { TokenMode } from '#shared/access-token/access-token.ts';
import { HEAL_MARKER_MS } from '#shared/access-token/heal-marker.ts';
import { refresh } from '#shared/access-token/refresh.ts';
import { APP_ID, type HolderScene, PROBE_PATH, startHolderScene, type WithToken } from './holder-scene.ts';

const CALL = { path: '/cgi-bin/user/info', query: 'openid=o1' };
const PATIENCE = { timeout: 60_000, interval: 20 };

/** A step at which a holder stops: what to do before it starts, and a promise that it has got there. */
type Stop = (scene: HolderScene) => () => Promise<unknown>;

const acquired: Stop = ({ gate }) => {
  const hold = gate.hold('acquire', 'answer');
  return () => hold.reached;
};
const probing: Stop = ({ rig }) => {
  rig.simulator.faults.add({ kind: 'hang', path: PROBE_PATH });
  return () => rig.simulator.log.waitFor(({ path }) => path === PROBE_PATH);
};
const calling: Stop = ({ rig, issuePath }) => {
  rig.simulator.faults.add({ kind: 'hang', path: issuePath });
  return () => rig.simulator.log.waitFor(({ path }) => path === issuePath);
};
const issued: Stop = (scene) => {
  scene.rig.simulator.faults.add({ kind: 'hang', path: scene.issuePath, when: 'after' });
  return () => vi.waitUntil(() => scene.issued() === 1, PATIENCE);
};
const committed: Stop = ({ gate }) => {
  const hold = gate.hold('commit', 'answer');
  return () => hold.reached;
};

const MODES: readonly TokenMode[] = ['stable', 'classic'];
const inBothModes = <Row extends object>(rows: readonly Row[]) =>
  MODES.flatMap((mode) => rows.map((row) => ({ mode, ...row })));

/** Runs the refresher in a process of its own and kills it at a step. Rejects as Lambda's client would. */
async function runAndKill(scene: HolderScene, event: unknown, arrival: () => Promise<unknown>): Promise<unknown> {
  const holder = scene.startHolder(event);
  const ending = holder.message.then(() => {
    throw new Error('the holder ended before it could be killed');
  });
  await Promise.race([arrival(), ending]);
  holder.signal('SIGKILL');
  await holder.exited;
  return holder.message;
}

function expectNewer({ account }: HolderScene, after: WithToken, before: WithToken): void {
  expect(after.version).toBe(before.version + 1);
  expect(after.token.receivedAt).toBeGreaterThan(before.token.receivedAt);
  expect(after.token.fingerprint).not.toBe(before.token.fingerprint);
  expect(account.accepts(after.token.value)).toBe(true);
}

const endOfLease = ({ lease }: WithToken): number => {
  if (lease === undefined) throw new Error('the holder left no lease');
  return lease.end;
};

describe('a refresher that is killed while the stored token still works', () => {
  it.for(
    inBothModes([
      { step: 'after it got the lease', stop: acquired },
      { step: 'while it calls WeChat', stop: calling },
      { step: 'after WeChat has issued', stop: issued },
    ]),
  )('$step ($mode): no call waits, and the next one takes over when the lease ends', async ({ mode, stop }, test) => {
    const scene = await startHolderScene(mode, test);
    const { rig, clock, before } = scene;
    const caller = rig.callEnvironment();
    await expect(runAndKill(scene, {}, stop(scene))).rejects.toThrow('SIGKILL');

    expect((await caller.call(CALL)).json()).toMatchObject({ openid: 'o1' });
    expect((await rig.callEnvironment().call(CALL)).json()).toMatchObject({ openid: 'o1' });
    expect({ slept: clock.slept, refreshes: rig.refreshInvocations() }).toEqual({ slept: 0, refreshes: 0 });

    const leaseEnd = endOfLease(await scene.state());
    expect(await scene.couldAcquire(leaseEnd - 1)).toBe(false);
    clock.set(leaseEnd);
    await rig.refreshEnvironment('next').invoke({});

    expectNewer(scene, await scene.state(), before);
    expect((await caller.call(CALL)).json()).toMatchObject({ openid: 'o1' });
    expect(rig.refreshInvocations()).toBe(0);
  });

  it.for(inBothModes([{}]))('after the commit ($mode): there is nothing left to do', async ({ mode }, test) => {
    const scene = await startHolderScene(mode, test);
    const { rig, clock, before } = scene;
    const caller = rig.callEnvironment();
    await expect(runAndKill(scene, {}, committed(scene))).rejects.toThrow('SIGKILL');

    const after = await scene.state();
    expectNewer(scene, after, before);
    expect(after.lease).toBeUndefined();
    expect((await caller.call(CALL)).json()).toMatchObject({ openid: 'o1' });
    const next = await refresh(rig.refreshEnvironment('next').dependencies, APP_ID, { kind: 'due' });
    expect(next).toEqual({ kind: 'not-needed' });
    expect({ issued: scene.issued(), slept: clock.slept }).toEqual({ issued: 1, slept: 0 });
  });
});

/** A caller with the dead token whose own refresh is the one that gets killed; later ones run in this process. */
async function startDelayedCall(mode: TokenMode, test: TestContext, stop: Stop) {
  const scene = await startHolderScene(mode, test);
  const { rig, account } = scene;
  let killed: Promise<unknown> | undefined;
  const next = rig.refreshEnvironment('next');
  const runRefresh = (event: unknown) =>
    killed === undefined ? (killed = runAndKill(scene, event, arrival)) : next.invoke(event);
  const caller = rig.callEnvironment({ runRefresh });
  await caller.call(CALL);
  account.killCurrentToken();
  const arrival = stop(scene);
  const answer = caller.call(CALL);
  await vi.waitUntil(() => rig.lines.some((line) => /refresh-not-run.*SIGKILL/.test(line)), PATIENCE);
  return { scene, answer };
}

describe('a refresher that is killed while the stored token is dead', () => {
  it.for(
    inBothModes([
      { step: 'after it got the lease', stop: acquired },
      { step: 'while it probes', stop: probing },
      { step: 'while it calls WeChat', stop: calling },
      { step: 'after WeChat has issued', stop: issued },
    ]),
  )('$step ($mode): the call waits until the lease ends, takes over and is answered', async ({ mode, stop }, test) => {
    const { scene, answer } = await startDelayedCall(mode, test, stop);
    const { rig, clock, before } = scene;
    const claimedAt = clock.now();
    const issuedByHolder = scene.issued();
    const leaseEnd = endOfLease(await scene.state());
    expect(await scene.couldAcquire(leaseEnd - 1)).toBe(false);
    clock.set(leaseEnd - 1);
    const { slept } = clock;
    await vi.waitUntil(() => clock.slept >= slept + 3, PATIENCE);
    expect({ refreshes: rig.refreshInvocations(), issued: scene.issued() }).toEqual({
      refreshes: 1,
      issued: issuedByHolder,
    });

    clock.set(Math.max(leaseEnd, claimedAt + HEAL_MARKER_MS));
    expect((await answer).json()).toMatchObject({ openid: 'o1' });

    expect({ refreshes: rig.refreshInvocations(), issued: scene.issued() }).toEqual({
      refreshes: 2,
      issued: issuedByHolder + 1,
    });
    expectNewer(scene, await scene.state(), before);
  });

  it.for(inBothModes([{}]))(
    'after the commit ($mode): the call goes on with the new token at once',
    async ({ mode }, test) => {
      const { scene, answer } = await startDelayedCall(mode, test, committed);
      expect((await answer).json()).toMatchObject({ openid: 'o1' });

      const { rig, clock, before } = scene;
      expect({ slept: clock.slept, refreshes: rig.refreshInvocations(), issued: scene.issued() }).toEqual({
        slept: 0,
        refreshes: 1,
        issued: 1,
      });
      expectNewer(scene, await scene.state(), before);
    },
  );
});
