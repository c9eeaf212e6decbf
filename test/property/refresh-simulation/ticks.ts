import type { RefreshFunction } from './refresh-function.ts';
import type { World } from './world.ts';

const MINUTE_MS = 60_000;
const DOUBLED_WITHIN_MS = 5_000;

/** The schedule that has the function tick every minute; some ticks are lost and some come twice. */
export async function tickForEver(world: World, refreshFunction: RefreshFunction): Promise<void> {
  const { time, random, weather } = world;
  for (;;) {
    await time.sleep(MINUTE_MS - (time.now % MINUTE_MS));
    const { missingTicks, doubledTicks } = weather.climate;
    if (!random.chance(missingTicks)) void tick(refreshFunction);
    if (random.chance(doubledTicks)) time.after(random.between(0, DOUBLED_WITHIN_MS), () => void tick(refreshFunction));
  }
}

async function tick(refreshFunction: RefreshFunction): Promise<void> {
  try {
    await refreshFunction.invoke({});
  } catch {
    // Nobody repeats a tick, the next one does what it would have done; what must not be is a breach already.
  }
}
