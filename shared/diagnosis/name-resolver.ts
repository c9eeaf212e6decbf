/** Resolves a host's name as the connections of this process do. Rejects when it has no address, or nobody answers in time. */
export type NameResolver = (host: string) => Promise<readonly string[]>;
