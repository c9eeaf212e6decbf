/** Where a peer sends calls, and the token that it puts into their query. */
export const peerTask = JSON.parse(process.env.PEER_TASK ?? '{}');

/** Says where this peer listens, answers every question with the memory in use after collecting garbage, and ends with its parent. */
export function answerWithMemory(endpoint) {
  process.once('disconnect', () => process.exit());
  process.on('message', () => {
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    process.send?.(heapUsed + external);
  });
  process.send?.(endpoint);
}

/** A request's target with the token in front of its query. */
export function withToken(target) {
  const [path, query = ''] = target.split('?');
  return `${path}?access_token=${peerTask.accessToken}${query === '' ? '' : `&${query}`}`;
}
