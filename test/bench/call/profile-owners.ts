import type { Profiler } from 'node:inspector/promises';

/** Whose code ran, in microseconds: a sample counts for the innermost function of its stack that belongs to one of the owners. */
export type OwnerShares = Readonly<Record<string, number>>;

/** In microseconds. A sample that came later, because another process had the core meanwhile, counts as one. */
export const SAMPLING_INTERVAL_US = 200;
const IDLE = '(idle)';
const COLLECTOR = '(garbage collector)';

/** The first that fits. */
const OWNERS: readonly (readonly [pattern: RegExp, owner: string])[] = [
  [/\/undici\/lib\//, 'undici and the socket below it'],
  [/\/@middy\//, 'middy'],
  [/\/shared\/lambda\/(log|metrics)/, 'log line and metric'],
  [/\/functions\/call-wechat-api\//, 'handler: record of the call'],
  [/\/shared\/caller\/|authenticate|check-granted/, 'key check, grant, limits'],
  [/\/shared\/(access-token|table)\//, 'token get'],
  [/\/shared\/wechat\/answer|note-answer|answer-shape/, 'errcode peek, shaping the answer'],
  [/\/shared\/wechat\//, 'upstream client around undici'],
  [/\/shared\/api-call\//, 'parse, forward'],
  [/\/@(aws-sdk|smithy)\//, 'SDK'],
  [/\/test\/bench\//, "the bench's own loop"],
];

/** Sums a profile by owner, without what was idle. */
export function ownersOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): OwnerShares {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const shares: Record<string, number> = {};
  for (const [i, sample] of samples.entries()) {
    const owner = ownerOf(sample, byId, parents);
    if (owner !== IDLE) shares[owner] = (shares[owner] ?? 0) + Math.min(timeDeltas[i] ?? 0, SAMPLING_INTERVAL_US);
  }
  return shares;
}

function ownerOf(
  sample: number,
  byId: ReadonlyMap<number, Profiler.ProfileNode>,
  parents: ReadonlyMap<number, number>,
): string {
  const { functionName = '' } = byId.get(sample)?.callFrame ?? {};
  if (functionName === IDLE) return IDLE;
  if (functionName === COLLECTOR) return 'garbage collector';
  for (let id: number | undefined = sample; id !== undefined; id = parents.get(id)) {
    const url = byId.get(id)?.callFrame.url ?? '';
    const found = OWNERS.find(([pattern]) => pattern.test(url));
    if (found !== undefined) return found[1];
  }
  return 'Node: event loop, timers, sockets';
}
