import type { RefreshDependencies, RefreshOutcome } from '#shared/access-token/refresh-outcome.ts';
import { PROBE_PATH } from './refresh-scene.ts';

/** What the refresher of a refused token does, in this order. */
const REFRESH_STEPS = ['acquire', 'probe', 'extend', 'issue', 'commit'] as const;

/** Where a process can stand: the work of a step is not begun, or it is done and its outcome not yet known. */
export interface RefreshStop {
  readonly step: (typeof REFRESH_STEPS)[number];
  readonly part: 'before' | 'after';
}

/** Every place at which a refresh can be stopped. */
export const REFRESH_STOPS: readonly RefreshStop[] = REFRESH_STEPS.flatMap((step) =>
  (['before', 'after'] as const).map((part) => ({ step, part })),
);

/** A refresher that stops once. Everything on its way to WeChat and the table is as the dependencies have it. */
export function stoppingAt(dependencies: RefreshDependencies, { step, part }: RefreshStop) {
  const { promise: reached, resolve: onReached } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const stop = (): Promise<void> => {
    onReached();
    return released;
  };
  const around = async <Result>(here: RefreshStop['step'], work: () => Promise<Result>): Promise<Result> => {
    if (here === step && part === 'before') await stop();
    const result = await work();
    if (here === step && part === 'after') await stop();
    return result;
  };
  const neverReached = ({ kind }: RefreshOutcome): never => {
    throw new Error(`the refresh has ended as ${kind} and never came ${part} its ${step}`);
  };
  const { tokens, upstream } = dependencies;
  const stopping: RefreshDependencies = {
    ...dependencies,
    holder: 'stopped',
    tokens: {
      ...tokens,
      acquire: (request) => around('acquire', () => tokens.acquire(request)),
      extend: (request) => around('extend', () => tokens.extend(request)),
      commit: (request) => around('commit', () => tokens.commit(request)),
    },
    upstream: {
      call: (request, ...rest) =>
        around(request.path === PROBE_PATH ? 'probe' : 'issue', () => upstream.call(request, ...rest)),
    },
  };
  return {
    dependencies: stopping,
    /**
     * Resolves when `refresh`, which has these dependencies, has stopped.
     * @throws when it ends without having come there, with its own error if it has one
     */
    reachedBy: (refresh: Promise<RefreshOutcome>): Promise<void> => Promise.race([reached, refresh.then(neverReached)]),
    /** Lets it go on. */
    release: () => release(),
  };
}
