import { expect, it } from 'vitest';
import { refresh } from '#shared/access-token/refresh.ts';
import { startSceneWithToken } from './refresh-scene.ts';

it('a probe that found the token working says nothing of the one that was committed meanwhile, and ends its lease', async (test) => {
  const scene = await startSceneWithToken('stable', test);
  const { version, token } = await scene.state();
  const { tokens } = scene.dependencies;
  const overtaken: typeof tokens = {
    ...tokens,
    async keep(request) {
      await scene.patch('tokenVersion', version + 1);
      return tokens.keep(request);
    },
  };
  const reason = { kind: 'refused', fingerprint: token?.fingerprint ?? '' } as const;
  const outcome = await refresh({ ...scene.dependencies, tokens: overtaken }, scene.appId, reason);
  expect(outcome).toEqual({ kind: 'superseded' });
  expect(await scene.state()).toMatchObject({ provenAt: undefined, lease: undefined });
});
