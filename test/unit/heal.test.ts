import { beforeEach, describe, expect, it } from 'vitest';
import { type HealDependencies, type HealRequest, heal } from '#shared/access-token/heal.ts';
import { NO_TOKEN } from '#shared/access-token/heal-marker.ts';
import type { TokenState } from '#shared/access-token/token-state.ts';
import { createMovableClock, type MovableClock } from '../movable-clock.ts';
import { tokenIssuedAt, tokenState } from './token-states.ts';

describe('healing', () => {
  let clock: MovableClock;
  let state: TokenState | undefined;
  let claims: string[];
  let invocations: (string | undefined)[];
  let errors: unknown[];
  let onRead: () => void;
  let grantClaim: () => boolean;
  let onInvoke: () => void;
  let request: HealRequest;
  let startedAt: number;

  beforeEach(() => {
    clock = createMovableClock();
    clock.autoAdvance = true;
    startedAt = clock.now();
    const token = tokenIssuedAt(startedAt);
    state = tokenState({ token, version: 1 });
    [claims, invocations, errors] = [[], [], []];
    onRead = () => undefined;
    onInvoke = () => undefined;
    grantClaim = () => true;
    request = { appId: 'wx1', refused: token, deadline: startedAt + 20_000 };
  });

  const reread = async () => {
    onRead();
    return state;
  };
  const run = (changes: Partial<HealRequest> = {}) => {
    const dependencies: HealDependencies = {
      reader: { get: reread, reread },
      markers: {
        claim: async (_appId, fingerprint) => {
          claims.push(fingerprint);
          return grantClaim();
        },
      },
      invoker: {
        invoke: async (_appId, fingerprint) => {
          invocations.push(fingerprint);
          onInvoke();
        },
      },
      clock,
      random: () => 0.5,
      onInvokeError: (_appId, error) => void errors.push(error),
    };
    return heal(dependencies, { ...request, ...changes });
  };
  const next = () => tokenState({ token: tokenIssuedAt(startedAt, '99_next'), version: 2 });

  it('takes a token that somebody else has stored meanwhile, without a claim', async () => {
    state = next();
    expect(await run()).toEqual({ kind: 'token', token: state.token });
    expect([claims, invocations]).toEqual([[], []]);
  });

  it('takes the same token when a probe has lately found it working', async () => {
    const { token } = state ?? {};
    state = tokenState({ token, version: 1, provenAt: startedAt - 59_999 });
    expect(await run()).toEqual({ kind: 'token', token });
    expect(invocations).toEqual([]);
  });

  it('takes the same token when it was committed again since the refusal', async () => {
    const { token } = state ?? {};
    grantClaim = () => false;
    let reads = 0;
    onRead = () => {
      reads += 1;
      if (reads === 2) state = tokenState({ token, version: 2 });
    };
    expect(await run()).toEqual({ kind: 'token', token });
    expect(reads).toBe(2);
  });

  it('has the token refreshed whatever version it is stored under: the caller’s memory may have been older', async () => {
    state = tokenState({ token: state?.token, version: 7 });
    onInvoke = () => {
      state = next();
    };
    expect(await run()).toEqual({ kind: 'token', token: next().token });
    expect(invocations).toHaveLength(1);
  });

  it('does not believe an old probe', async () => {
    state = tokenState({ token: state?.token, version: 1, provenAt: startedAt - 60_000 });
    onInvoke = () => {
      state = next();
    };
    expect(await run()).toEqual({ kind: 'token', token: next().token });
    expect(invocations).toEqual([request.refused?.fingerprint]);
  });

  it('claims, has the token refreshed and takes what came of it', async () => {
    onInvoke = () => {
      state = next();
    };
    expect(await run()).toEqual({ kind: 'token', token: next().token });
    expect(claims).toEqual([request.refused?.fingerprint]);
    expect(clock.now()).toBe(startedAt);
  });

  it('names no fingerprint when there is no token', async () => {
    state = tokenState();
    onInvoke = () => {
      state = next();
    };
    expect(await run({ refused: undefined })).toEqual({ kind: 'token', token: next().token });
    expect([claims, invocations]).toEqual([[NO_TOKEN], [undefined]]);
  });

  it('watches the table every 100 ms while another environment has the claim', async () => {
    grantClaim = () => false;
    let reads = 0;
    onRead = () => {
      reads += 1;
      if (reads === 4) state = next();
    };
    expect(await run()).toEqual({ kind: 'token', token: next().token });
    expect(clock.now() - startedAt).toBe(300);
    expect([claims.length, invocations.length]).toEqual([1, 0]);
  });

  it('claims again every 500 ms, for whoever had the claim may have died', async () => {
    grantClaim = () => claims.length === 3;
    onInvoke = () => {
      state = next();
    };
    expect(await run()).toMatchObject({ kind: 'token' });
    expect(claims).toHaveLength(3);
    expect(clock.now() - startedAt).toBe(1_000);
  });

  it('starts nothing while a lease lives, and then does', async () => {
    state = tokenState({ token: state?.token, version: 1, lease: { id: 'l', holder: 'h', end: startedAt + 6_500 } });
    onInvoke = () => {
      state = next();
    };
    expect(await run()).toMatchObject({ kind: 'token' });
    expect(clock.now() - startedAt).toBe(6_500);
    expect(invocations).toHaveLength(1);
  });

  it('gives up at once while a failed refresh cools down', async () => {
    state = tokenState({ token: state?.token, version: 1, cooldownEnd: startedAt + 1 });
    expect(await run()).toEqual({ kind: 'no-token' });
    expect([claims, invocations, clock.now()]).toEqual([[], [], startedAt]);
  });

  it('gives up with the refresh that it started', async () => {
    onInvoke = () => {
      state = tokenState({ token: state?.token, version: 1, refusedAt: startedAt, cooldownEnd: startedAt + 300_000 });
    };
    expect(await run()).toEqual({ kind: 'no-token' });
    expect(invocations).toHaveLength(1);
  });

  it('waits for a refresh that is on its way although the one it started was not run', async () => {
    const failure = new Error('throttled');
    onInvoke = () => {
      onRead = () => {
        if (clock.now() >= startedAt + 2_000) state = next();
      };
      throw failure;
    };
    expect(await run()).toMatchObject({ kind: 'token' });
    expect(errors).toEqual([failure]);
    expect(invocations).toHaveLength(1);
  });

  it('starts no more than one refresh in 7.5 s, and ends at its deadline', async () => {
    expect(await run()).toEqual({ kind: 'no-token' });
    expect(clock.now()).toBe(request.deadline);
    expect(invocations).toHaveLength(3);
  });

  it('starts nothing when the deadline has passed, but takes what is there', async () => {
    const deadline = startedAt;
    expect(await run({ deadline })).toEqual({ kind: 'no-token' });
    expect(claims).toEqual([]);
    state = next();
    expect(await run({ deadline })).toMatchObject({ kind: 'token' });
  });

  it('ends when the account is unknown or disabled', async () => {
    state = tokenState({ token: state?.token, disabled: true });
    expect(await run()).toEqual({ kind: 'unknown-account' });
    state = undefined;
    expect(await run()).toEqual({ kind: 'unknown-account' });
  });

  it('hands on the table’s error', async () => {
    const away = new Error('the table is away');
    onRead = () => {
      throw away;
    };
    await expect(run()).rejects.toBe(away);
  });
});
