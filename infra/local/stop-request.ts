/** Ctrl-C may arrive twice at once: from the terminal, and again from npm, which passes on what the terminal has sent to both. */
const ECHO_MS = 500;
const INTERRUPTED_EXIT_CODE = 130;
const PARENT_LOOK_MS = 500;

/**
 * Resolves with the first Ctrl-C (SIGINT) or SIGTERM. A later one, that is no echo of the first, ends the process at once with exit code
 * 130. Under npm it also resolves when npm's shell is gone: npm passes a SIGTERM on to that shell, which dies of it and tells nobody.
 */
export function stopRequest(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let firstAt: number | undefined;
  const onSignal = (): void => {
    const now = performance.now();
    if (firstAt !== undefined && now - firstAt > ECHO_MS) process.exit(INTERRUPTED_EXIT_CODE);
    firstAt ??= now;
    resolve();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  if (process.env['npm_lifecycle_event'] !== undefined) watchParent(resolve);
  return promise;
}

function watchParent(onGone: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, PARENT_LOOK_MS);
  timer.unref();
}
