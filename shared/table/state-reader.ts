import type { Clock } from '../clock.ts';

const KEPT_MS = 45_000;
const KEPT_JITTER = 0.2;
/** After a failed read memory serves this long without another, so that a table that hangs does not slow down every call. */
const KEPT_AFTER_FAILURE_MS = 5_000;
const MAX_ENTRIES = 1_000;

/** State that grows by versions; `undefined` where there is none. */
type Versioned = { readonly version: number } | undefined;

/** One kind of stored state as one environment sees it; it reads and never writes. */
export interface StateReader<Name, State extends Versioned> {
  /**
   * The state, at most some 45 s old; only a usable one comes from memory. While the table does not answer, memory serves as long as its state
   * is usable.
   * @throws the table's error when it does not answer and memory holds nothing usable
   */
  get(name: Name): Promise<State>;
  /**
   * The state as it is now, by a strongly consistent read that memory keeps.
   * @throws the table's error
   */
  reread(name: Name): Promise<State>;
  /** Keeps what a write has brought to light, unless memory holds a newer version. */
  learn(name: Name, state: State): void;
}

/** What a reader needs. */
export interface StateReaderDependencies<Name, State extends Versioned> {
  readonly store: {
    /** Strongly consistent. */
    read(name: Name): Promise<State>;
    /** At half the price, possibly a moment old. */
    glance(name: Name): Promise<State>;
  };
  /** Two names of the same state have the same key. */
  readonly keyOf: (name: Name) => string;
  /** Whether a call may go on with this state. */
  readonly isUsable: (state: State, now: number) => boolean;
  readonly clock: Pick<Clock, 'now'>;
  /** In [0, 1); keeps environments from reading all at once. */
  readonly random: () => number;
  /** Told when memory serves because the table does not answer, once per failed read. */
  readonly onStale: (name: Name, error: unknown) => void;
}

/** A bounded memory in front of the table with one read at a time per state and kind of read. */
export function createStateReader<Name, State extends Versioned>({
  store,
  keyOf,
  isUsable,
  clock,
  random,
  onStale,
}: StateReaderDependencies<Name, State>): StateReader<Name, State> {
  // In order of keeping, the oldest first.
  const kept = new Map<string, { readonly state: State; readonly until: number }>();
  const flights = new Map<string, Promise<State>>();

  const keep = (key: string, state: State, keptMs: number): void => {
    // A late answer of an older read must not hide what a newer one has brought; but versions begin anew with an item that was added again.
    const entry = kept.get(key);
    const isTrusted = entry !== undefined && clock.now() < entry.until;
    if (state !== undefined && isTrusted && (entry.state?.version ?? 0) > state.version) return;
    kept.delete(key);
    if (state === undefined) return;
    kept.set(key, { state, until: clock.now() + keptMs });
    const [oldest] = kept.keys();
    if (kept.size > MAX_ENTRIES && oldest !== undefined) kept.delete(oldest);
  };
  const learn = (name: Name, state: State): void =>
    keep(keyOf(name), state, KEPT_MS * (1 + KEPT_JITTER * (2 * random() - 1)));

  const fly = (key: string, read: () => Promise<State>): Promise<State> => {
    const flight = flights.get(key) ?? read().finally(() => flights.delete(key));
    flights.set(key, flight);
    return flight;
  };

  const load = async (name: Name): Promise<State> => {
    const key = keyOf(name);
    try {
      const state = await store.glance(name);
      learn(name, state);
      return kept.get(key)?.state ?? state;
    } catch (error) {
      // Expected while the table is away: a usable state bridges it.
      const entry = kept.get(key);
      if (entry === undefined || !isUsable(entry.state, clock.now())) throw error;
      keep(key, entry.state, KEPT_AFTER_FAILURE_MS);
      onStale(name, error);
      return entry.state;
    }
  };

  return {
    async get(name) {
      const key = keyOf(name);
      const now = clock.now();
      const entry = kept.get(key);
      if (entry !== undefined && now < entry.until && isUsable(entry.state, now)) return entry.state;
      return fly(`glance ${key}`, () => load(name));
    },
    reread: (name) =>
      fly(`read ${keyOf(name)}`, async () => {
        const state = await store.read(name);
        learn(name, state);
        return state;
      }),
    learn,
  };
}
