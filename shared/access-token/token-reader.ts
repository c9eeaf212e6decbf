import { createStateReader, type StateReader, type StateReaderDependencies } from '../table/state-reader.ts';
import { type TokenState, usableToken } from './token-state.ts';
import type { TokenStore } from './token-store.ts';

/** The stored tokens as one environment sees them, by app ID; it reads and never issues. `undefined` for an account that nobody added. */
export type TokenReader = Pick<StateReader<string, TokenState | undefined>, 'get' | 'reread'>;

/** What the reader needs. */
export interface TokenReaderDependencies
  extends Pick<StateReaderDependencies<string, TokenState | undefined>, 'clock' | 'random' | 'onStale'> {
  readonly tokens: Pick<TokenStore, 'read' | 'glance'>;
}

/** A {@link TokenReader} with a memory of its own. Until its own end a token bridges an outage of the table. */
export function createTokenReader({ tokens, ...others }: TokenReaderDependencies): TokenReader {
  return createStateReader({
    ...others,
    store: tokens,
    keyOf: (appId) => appId,
    isUsable: (state, now) => state !== undefined && usableToken(state, now) !== undefined,
  });
}
