import { lookup } from 'node:dns/promises';
import type { NameResolver } from './name-resolver.ts';

/** {@link NameResolver} by the system's resolver. */
export const systemNameResolver: NameResolver = async (host) => {
  const addresses = await lookup(host, { all: true });
  return addresses.map(({ address }) => address);
};
