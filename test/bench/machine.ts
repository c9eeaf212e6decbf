import { arch, availableParallelism, platform } from 'node:os';

/** What the figures were made on, in words that name no machine. */
export function machine(): string {
  return `${availableParallelism()} cores, ${platform()} ${arch()}, Node ${process.versions.node}`;
}
