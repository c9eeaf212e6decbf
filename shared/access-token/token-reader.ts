import type { Clock } from '../clock.ts';
import { type TokenState, usableToken } from './token-state.ts';
import type { TokenStore } from './token-store.ts';

const KEPT_MS = 45_000;
const KEPT_JITTER = 0.2;
/** After a failed read memory serves this long without another, so that a table that hangs does not slow down every call. */
const KEPT_AFTER_FAILURE_MS = 5_000;

/** The stored tokens as one environment sees them; it reads and never issues. */
export interface TokenReader {
  /**
   * The account's state, at most some 45 s old; only a state with a token that may be used comes from memory. While the table does not answer,
   * memory serves until the token's own end. `undefined` for an account that nobody added.
   * @throws the table's error when it does not answer and memory holds no token that may be used
   */
  get(appId: string): Promise<TokenState | undefined>;
  /**
   * The state as it is now, by a strongly consistent read that memory keeps.
   * @throws the table's error
   */
  reread(appId: string): Promise<TokenState | undefined>;
}

/** What the reader needs. */
export interface TokenReaderDependencies {
  readonly tokens: Pick<TokenStore, 'read' | 'glance'>;
  readonly clock: Pick<Clock, 'now'>;
  /** In [0, 1); keeps environments from reading all at once. */
  readonly random: () => number;
  /** Told when memory serves because the table does not answer, once per failed read. */
  readonly onStale: (appId: string, error: unknown) => void;
}

/** A memory in front of the table with one read at a time per account and kind. */
export function createTokenReader({ tokens, clock, random, onStale }: TokenReaderDependencies): TokenReader {
  const kept = new Map<string, { readonly state: TokenState; readonly until: number }>();
  const flights = new Map<string, Promise<TokenState | undefined>>();

  const keep = (appId: string, state: TokenState | undefined): void => {
    if (state === undefined) {
      kept.delete(appId);
      return;
    }
    // A late answer of an older read must not hide what a newer one has brought.
    if ((kept.get(appId)?.state.version ?? 0) > state.version) return;
    const jitter = 1 + KEPT_JITTER * (2 * random() - 1);
    kept.set(appId, { state, until: clock.now() + KEPT_MS * jitter });
  };

  const fly = (key: string, read: () => Promise<TokenState | undefined>): Promise<TokenState | undefined> => {
    const flight = flights.get(key) ?? read().finally(() => flights.delete(key));
    flights.set(key, flight);
    return flight;
  };

  const load = async (appId: string): Promise<TokenState | undefined> => {
    try {
      const state = await tokens.glance(appId);
      keep(appId, state);
      return kept.get(appId)?.state ?? state;
    } catch (error) {
      const entry = kept.get(appId);
      if (entry === undefined || usableToken(entry.state, clock.now()) === undefined) throw error;
      kept.set(appId, { ...entry, until: clock.now() + KEPT_AFTER_FAILURE_MS });
      onStale(appId, error);
      return entry.state;
    }
  };

  return {
    async get(appId) {
      const now = clock.now();
      const entry = kept.get(appId);
      if (entry !== undefined && now < entry.until && usableToken(entry.state, now) !== undefined) return entry.state;
      return fly(`glance ${appId}`, () => load(appId));
    },
    reread: (appId) =>
      fly(`read ${appId}`, async () => {
        const state = await tokens.read(appId);
        keep(appId, state);
        return state;
      }),
  };
}
