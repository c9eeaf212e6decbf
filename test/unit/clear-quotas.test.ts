import { expect, it } from 'vitest';
import { clearQuotas } from '#shared/quota/clear-quotas.ts';
import { clearVerdict } from '#shared/quota/clear-verdict.ts';
import { createMovableClock } from '../movable-clock.ts';
import { tokenIssuedAt, tokenState } from './token-states.ts';

const TABLE_AWAY = new Error('the table does not answer');
const away = () => Promise.reject(TABLE_AWAY);
const unreachable = () => Promise.reject(new Error('a clear got further than it may'));

/** Clears all quotas; the table goes away once the clear is taken. */
async function clearAnswered(body: object) {
  const clock = createMovableClock();
  const state = tokenState({ token: tokenIssuedAt(clock.now()) });
  const told: unknown[] = [];
  const outcome = await clearQuotas(
    {
      clock,
      random: () => 0,
      reader: { get: async () => state, reread: unreachable },
      markers: { claim: unreachable },
      invoker: { invoke: unreachable },
      onInvokeError: () => undefined,
      upstream: {
        call: async () => ({
          status: 200,
          headers: [],
          body: Buffer.from(JSON.stringify(body)),
          origin: 'https://wechat',
        }),
      },
      appSecretCaller: { call: unreachable },
      clearQuotaAllowances: {
        take: async (appId, kind) => ({ appId, kind, month: '202611', id: 'one' }),
        giveBack: away,
      },
      learntQuotas: { markCleared: away },
      onClearNotNoted: (appId, error) => told.push([appId, error]),
    },
    'wx1',
    undefined,
  );
  return { outcome, told };
}

it('tells what WeChat said of a clear also when the table goes away after it', async () => {
  const told = [['wx1', TABLE_AWAY]];
  expect(await clearAnswered({ errcode: 0 })).toEqual({ outcome: { outcome: 'cleared', by: 'access-token' }, told });
  expect(await clearAnswered({ errcode: 48006 })).toEqual({ outcome: { outcome: 'refused', errcode: 48006 }, told });
  // Stays counted: there is nothing to note.
  expect(await clearAnswered({ errcode: -1 })).toEqual({
    outcome: { outcome: 'unknown', cause: 'errcode -1' },
    told: [],
  });
});

it.each([
  [200, 0, 'cleared'],
  [200, 48006, 'refused'],
  [200, 40001, 'refused'],
  [200, -1, 'unknown'],
  [200, undefined, 'unknown'],
  [502, undefined, 'unknown'],
  [502, 0, 'unknown'],
] as const)('an answer to a clear with status %s and errcode %s says %s', (status, errcode, verdict) => {
  expect(clearVerdict(status, errcode)).toBe(verdict);
});
