import { type OperatorRequest, operatorEvent } from '#shared/access-token/refresh-event.ts';
import { tokenStateOf } from '#shared/access-token/token-item.dynamodb.ts';
import { createMemoryTokenStore } from '../../memory-token-store.ts';
import type { RefreshFunction } from './refresh-function.ts';
import type { SimulatedAccount, World } from './world.ts';

const STEP_MS = 10_000;
const STEPS_PER_HOUR = 3_600_000 / STEP_MS;
const MINUTE_MS = 60_000;
/** What an environment remembers of an account lives 45 s and a fifth; the rest is for reading. */
const REMEMBERED_MS = 60_000;
/** A second more than WeChat wants between the two forced issues of a leak. */
const LEAK_SPACING_MS = 31_000;

/** The operator, whoever else has an account's app secret, and fate: what they do, now and then, for as long as the world lasts. */
export async function meddleForEver(world: World, refreshFunction: RefreshFunction): Promise<void> {
  const { time, random, weather } = world;
  for (;;) {
    await time.sleep(STEP_MS);
    const { rogueIssues, rogueForces, kills, operatorActs, disables, leaks } = weather.climate;
    for (const account of world.accounts.values()) {
      if (account.quiet) continue;
      const happens = (perHour: number): boolean => random.chance(perHour / STEPS_PER_HOUR);
      if (happens(operatorActs)) operate(world, refreshFunction, account);
      if (happens(disables)) disable(world, account);
      if (happens(leaks)) void reportLeak(world, refreshFunction, account);
      if (happens(rogueIssues)) issueElsewhere(world, account, false);
      if (account.account.mode === 'stable' && happens(rogueForces)) issueElsewhere(world, account, true);
      if (happens(kills)) kill(world, account);
    }
  }
}

/** Lets some tokens die soon after they were issued. */
export function killAfterIssues(world: World, account: SimulatedAccount): void {
  const { time, random, weather } = world;
  account.model.onIssue = () => {
    if (random.chance(weather.climate.killsAfterIssue))
      time.after(random.between(0, 20_000), () => weather.isCalm || kill(world, account));
  };
}

function kill({ time, note }: World, { model, account }: SimulatedAccount): void {
  note(() => `all tokens of ${account.appId} are killed`);
  model.kill(time.now);
}

function issueElsewhere({ time, note }: World, { model, account }: SimulatedAccount, force: boolean): void {
  note(() => `somebody else issues a token for ${account.appId}${force ? ' by force' : ''}`);
  model.issue({ mode: account.mode, secret: model.secret, force }, time.now);
}

function operate(world: World, refreshFunction: RefreshFunction, account: SimulatedAccount): void {
  if (world.random.chance(0.4)) void ask(world, refreshFunction, account, 'operator');
  else resetSecret(world, refreshFunction, account);
}

async function ask(
  { note }: World,
  refreshFunction: RefreshFunction,
  { account }: SimulatedAccount,
  request: OperatorRequest,
): Promise<boolean> {
  note(() => `the operator asks for ${account.appId}: ${request}`);
  try {
    await refreshFunction.invoke(operatorEvent(account.appId, request));
    return true;
  } catch {
    // Told to the operator, who may do it again; what must not be is a breach already.
    return false;
  }
}

/** WeChat's procedure: two forced issues with their spacing between them. */
async function reportLeak(world: World, refreshFunction: RefreshFunction, account: SimulatedAccount): Promise<void> {
  if (!(await ask(world, refreshFunction, account, 'leaked'))) return;
  await world.time.sleep(LEAK_SPACING_MS);
  if (!world.weather.isCalm) await ask(world, refreshFunction, account, 'leaked');
}

/** At WeChat the secret before is dead at once; the operator needs a while to store the new one. */
function resetSecret(world: World, refreshFunction: RefreshFunction, account: SimulatedAccount): void {
  const { random, weather, note } = world;
  const { model } = account;
  const next = Number(model.secret.slice('secret-'.length)) + 1;
  note(() => `the app secret of ${account.account.appId} is reset at WeChat`);
  model.secret = `secret-${next}`;
  laterOrAtCalm(world, random.between(0, weather.climate.slowestSecretMs), () => {
    if (model.secret !== `secret-${next}`) return;
    note(() => `the operator stores the new app secret of ${account.account.appId}`);
    account.storedSecret = { value: model.secret, version: `v${next}` };
    void ask(world, refreshFunction, account, 'operator');
  });
}

function disable(world: World, account: SimulatedAccount): void {
  const { time, note, items, replica, random } = world;
  const { appId } = account.account;
  if (account.state.disabled) return;
  const store = createMemoryTokenStore({ items });
  const patch = (attributes: Parameters<typeof store.patch>[1]): void => {
    store.patch(appId, attributes);
    const item = items.get(appId) ?? {};
    account.state = tokenStateOf(item);
    replica.follow(appId, item);
  };
  note(() => `${appId} is disabled`);
  patch({ disabledAt: time.now, dueGroup: undefined });
  account.disabledUntil = Number.POSITIVE_INFINITY;
  laterOrAtCalm(world, random.between(0, 5 * MINUTE_MS), () => {
    note(() => `${appId} is enabled`);
    patch({ disabledAt: undefined, dueGroup: 'due' });
    account.disabledUntil = time.now + REMEMBERED_MS;
  });
}

/** Calm begins only when all is put right. */
function laterOrAtCalm({ time, undoings }: World, durationMs: number, undo: () => void): void {
  const once = (): void => {
    if (undoings.delete(once)) undo();
  };
  undoings.add(once);
  time.after(durationMs, once);
}
