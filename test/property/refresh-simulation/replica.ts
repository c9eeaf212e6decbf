import type { Item } from '#shared/table/attributes.dynamodb.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { Weather } from './weather.ts';

/** The table as eventually consistent reads and the index have it: as it was a moment ago. */
export class Replica {
  readonly items: Map<string, Item>;
  readonly #time: VirtualTime;
  readonly #weather: Weather;
  readonly #upToDateAt = new Map<string, number>();

  constructor(items: ReadonlyMap<string, Item>, time: VirtualTime, weather: Weather) {
    this.items = new Map(items);
    this.#time = time;
    this.#weather = weather;
  }

  /** The account's item was written. The writes of one item arrive in their order. */
  follow(appId: string, item: Item): void {
    const { now } = this.#time;
    const arrivesAt = Math.max(now + this.#weather.replicaLagMs(), this.#upToDateAt.get(appId) ?? 0);
    this.#upToDateAt.set(appId, arrivesAt);
    this.#time.after(arrivesAt - now, () => this.items.set(appId, item));
  }
}
