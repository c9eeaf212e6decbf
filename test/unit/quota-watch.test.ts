import { expect, it } from 'vitest';
import { NOTHING_LEARNT } from '#shared/quota/learnt-quotas.ts';
import { quotaPlan } from '#shared/quota/quota-plan.ts';
import { createQuotaWatch } from '#shared/quota/quota-watch.ts';
import { createUsageTally } from '#shared/usage/usage-tally.ts';
import { createMovableClock } from '../movable-clock.ts';

const USER = '/cgi-bin/user/info';
const MENU = '/cgi-bin/menu/get';
const LOOK_MS = 60_000;
const DAY_MS = 86_400_000;

/** A watch over one account whose quotas are of a hundred calls. */
function watched(failing: () => boolean = () => false) {
  const clock = createMovableClock();
  const tally = createUsageTally();
  const told = new Map<string, { dailyLimit: number; used: number; counted: number; at: number }>();
  const asked: string[] = [];
  const errors: unknown[] = [];
  const rules = [USER, MENU].map((endpoint) => ({ endpoint, calls: 100 }));
  const watch = createQuotaWatch({
    usage: { get: async () => ({ usage: tally.usage(), environments: 1 }) },
    plans: {
      get: async () => quotaPlan({ testAccount: false, quotaRules: rules }, { ...NOTHING_LEARNT, quotas: told }),
    },
    learner: {
      async learn(_appId, endpoint) {
        if (failing()) throw new Error('Lambda is away');
        asked.push(endpoint);
      },
    },
    metrics: () => undefined,
    log: () => undefined,
    clock,
    onError: (_appId, error) => errors.push(error),
  });
  return {
    clock,
    told,
    asked,
    errors,
    call: (endpoint: string, calls: number) => {
      const none = { errors: 0, refused: 0, requestBytes: 0, answerBytes: 0, errcodes: {}, refusals: {} };
      tally.add({ caller: 'caller01', endpoint, calls, hour: 12, ...none });
    },
    look: async () => {
      clock.set(clock.now() + LOOK_MS);
      await watch.look('wx1');
    },
  };
}

it('has each quota learnt that our calls have used by more than 70 %, once a day', async () => {
  const { clock, asked, call, look } = watched();
  call(USER, 70);
  call(MENU, 71);
  await look();
  expect(asked).toEqual([MENU]);
  call(USER, 1);
  await look();
  await look();
  expect(asked).toEqual([MENU, USER]);
  clock.set(clock.now() + DAY_MS);
  await look();
  expect(asked.toSorted()).toEqual([MENU, MENU, USER, USER].toSorted());
});

it('has none learnt that another environment has had learnt when it was as full, but one that was told before', async () => {
  const { clock, asked, told, call, look } = watched();
  call(USER, 80);
  call(MENU, 80);
  const at = clock.now();
  told.set(USER, { dailyLimit: 100, used: 75, counted: 75, at });
  told.set(MENU, { dailyLimit: 100, used: 75, counted: 20, at });
  await look();
  expect(asked).toEqual([MENU]);
});

it('looks again at once when the clock went back', async () => {
  const { clock, asked, call, look } = watched();
  await look();
  call(USER, 80);
  clock.set(clock.now() - DAY_MS);
  await look();
  expect(asked).toEqual([USER]);
});

it('tries again with the next look what could not be started', async () => {
  let away = true;
  const { asked, errors, call, look } = watched(() => away);
  call(USER, 80);
  await look();
  expect([asked, errors.length]).toEqual([[], 1]);
  away = false;
  await look();
  expect([asked, errors.length]).toEqual([[USER], 1]);
});
