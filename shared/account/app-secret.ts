import type { Clock } from '../clock.ts';

/** One account's app secret as it is kept: the value never goes into a log, an error or a message. */
export interface AppSecret {
  readonly value: string;
  /** Changes whenever the secret is replaced; safe to store and log. */
  readonly version: string;
}

/** Where app secrets are kept. */
export interface AppSecretStore {
  /**
   * Reads the current secret; `undefined` when the account has none.
   * @throws the store's own error when it does not answer, {@link MalformedAppSecret} when what it holds is not a secret of ours
   */
  get(appId: string): Promise<AppSecret | undefined>;
}

/** The stored secret is not `{"appSecret": "..."}`. Names the secret, never its content. */
export class MalformedAppSecret extends Error {
  override readonly name = 'MalformedAppSecret';

  constructor(secretName: string) {
    super(
      `The secret ${secretName} must hold JSON like {"appSecret": "..."}: set it again with the operator's set-secret`,
    );
  }
}

const KEPT_MS = 300_000;

/** App secrets kept in memory for at most five minutes, so that a refresh does not pay for reading them. */
export interface AppSecretCache {
  /** The secret from memory or the store. Absence is not remembered. */
  get(appId: string): Promise<AppSecret | undefined>;
  /** The secret from the store, past the memory. */
  reread(appId: string): Promise<AppSecret | undefined>;
}

/** An {@link AppSecretCache} for one environment. */
export function createAppSecretCache(store: AppSecretStore, clock: Clock): AppSecretCache {
  const kept = new Map<string, { readonly secret: AppSecret; readonly until: number }>();
  const reread = async (appId: string): Promise<AppSecret | undefined> => {
    const secret = await store.get(appId);
    if (secret === undefined) kept.delete(appId);
    else kept.set(appId, { secret, until: clock.now() + KEPT_MS });
    return secret;
  };
  return {
    reread,
    async get(appId) {
      const entry = kept.get(appId);
      return entry !== undefined && clock.now() < entry.until ? entry.secret : reread(appId);
    },
  };
}
