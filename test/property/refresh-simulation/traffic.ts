import { Refusal, type RefusalCause } from '#shared/api-call/refusal.ts';
import type { Health } from './health.ts';
import { ProxiedCall } from './proxied-call.ts';
import { CallRefused, type Proxy } from './proxy.ts';
import { InvocationCutOff } from './simulated-function.ts';
import type { SimulatedAccount, World } from './world.ts';

/** What lies between the proxy and WeChat, and not in the token or the table. */
const ON_THE_WAY: ReadonlySet<RefusalCause> = new Set(['upstream-unreachable', 'upstream-timeout', 'upstream-broke']);
/** API Gateway waits no longer. */
const LONGEST_CALL_MS = 29_000;
/** What an environment remembers of a token lives 45 s and a fifth; the rest is for reading. */
const REMEMBERED_MS = 60_000;
const BURST = 5;
/** That a token has died is found out by calling. */
const LONGEST_LULL_MS = 20_000;

/** Where calls go and who looks on. */
export interface Road {
  readonly world: World;
  readonly proxy: Proxy;
  readonly health: Health;
}

/** The callers of one account: they call now and then for as long as the world lasts, sometimes several at once. */
export async function callForEver(road: Road, account: SimulatedAccount): Promise<void> {
  const { time, weather, random } = road.world;
  for (;;) {
    await time.sleep(Math.min(LONGEST_LULL_MS, random.until(weather.climate.meanBetweenCallsMs)));
    const together = random.chance(0.05) ? BURST : 1;
    for (let call = 0; call < together; call += 1) void callOnce(road, account);
  }
}

/** One call and what becomes of it. */
export async function callOnce(road: Road, account: SimulatedAccount): Promise<void> {
  const { calls } = road.world;
  const { figures } = account;
  figures.calls += 1;
  const call = newCall(road.world, account);
  calls.set(call.name, call);
  try {
    const { errcode, healed } = await road.proxy.invoke(call);
    if (errcode !== undefined) figures.passedOnErrors += 1;
    else if (healed) figures.healedCalls += 1;
  } catch (error) {
    judge(road, account, call, error);
  } finally {
    calls.delete(call.name);
  }
}

function newCall(world: World, account: SimulatedAccount): ProxiedCall {
  const { time, random, weather } = world;
  const { appId } = account.account;
  const isOdd = random.chance(weather.climate.oddRefusals);
  const call = { name: `${appId}-${account.figures.calls}`, appId, isOdd, startedAt: time.now };
  return new ProxiedCall(call, (token, refusedAt) => checkToken(world, account, token, refusedAt));
}

/** A call goes up with this token; `refusedAt` is when WeChat's refusal of the token before had arrived. */
function checkToken(
  { time, weather, breach }: World,
  { invariants }: SimulatedAccount,
  token: string,
  refusedAt: number | undefined,
): void {
  const storedAt = invariants.storedRefusedAt(token);
  if (storedAt === undefined) return;
  if (refusedAt !== undefined && storedAt <= refusedAt)
    breach(`a call was replayed with ${token}, although it was stored that its probe had been refused`);
  // While the table does not answer, an environment that does not know of the refusal rightly goes on with what it has.
  const wasTold = weather.isCalm && weather.faultsEndAt < storedAt;
  if (wasTold && time.now - storedAt > REMEMBERED_MS)
    breach(`a call went up with ${token} although it was stored a minute ago that its probe had been refused`);
}

function judge(road: Road, account: SimulatedAccount, call: ProxiedCall, error: unknown): void {
  const { note, breach } = road.world;
  const { cause: reason, isCold } = error instanceof CallRefused ? error : { cause: error, isCold: false };
  note(() => `${call.name} ${isCold ? 'fails, cold' : 'fails'}: ${textOf(reason)}`);
  if (reason instanceof InvocationCutOff) account.figures.crashedCalls += 1;
  else if (reason instanceof Refusal && reason.cause !== 'internal-error')
    count(road, account, call, reason.cause, isCold);
  else breach(`the proxy threw: ${textOf(reason)}`);
}

function count(road: Road, account: SimulatedAccount, call: ProxiedCall, cause: RefusalCause, isCold: boolean): void {
  const { now } = road.world.time;
  const { figures } = account;
  if (call.isOdd || (cause === 'unknown-account' && now < account.disabledUntil)) figures.rightlyRefused += 1;
  else if (ON_THE_WAY.has(cause) || now - call.startedAt > LONGEST_CALL_MS) figures.lostCalls += 1;
  else if (cause === 'table-unreachable' && isCold) figures.coldFailures += 1;
  else {
    figures.failedCalls += 1;
    figures.failures[cause] = (figures.failures[cause] ?? 0) + 1;
    road.health.callFailed(account, call.startedAt, cause);
  }
}

function textOf(reason: unknown): string {
  if (reason instanceof Refusal) return reason.cause;
  if (reason instanceof InvocationCutOff) return 'its environment is gone';
  return reason instanceof Error ? String(reason.stack) : String(reason);
}
