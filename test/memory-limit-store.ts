import type { LimitStore } from '#shared/caller/limit-store.ts';

/** A {@link LimitStore} in memory, kept to the same contract tests as the real one. */
export interface MemoryLimitStore extends LimitStore {
  /** What is reserved in a window of a caller, all environments together. */
  reserved(callerId: string, windowId: string): number;
  /** How many writes were tried, refused ones too. */
  readonly writes: number;
}

export function createMemoryLimitStore(): MemoryLimitStore {
  const totals = new Map<string, number>();
  let writes = 0;
  const reserved = (callerId: string, windowId: string) => totals.get(`${callerId} ${windowId}`) ?? 0;
  return {
    reserved,
    get writes() {
      return writes;
    },
    async reserve({ callerId, window, calls, most }) {
      writes += 1;
      const total = reserved(callerId, window.id) + calls;
      if (total > most) return undefined;
      totals.set(`${callerId} ${window.id}`, total);
      return total;
    },
  };
}
