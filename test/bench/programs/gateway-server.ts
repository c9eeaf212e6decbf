import { createRequire } from 'node:module';
import { startHttpAdapter } from '../../../infra/local/http-adapter.ts';
import type { LocalFunction } from '../../../infra/local/local-function.ts';
import { answerQuestions } from '../program.ts';

/** The built function behind the local run's HTTP adapter. Says its endpoint; asked anything, collects garbage and says what memory is in use. */
const { handler } = createRequire(import.meta.url)(process.argv[2] ?? '') as Pick<LocalFunction, 'handler'>;
const { endpoint } = await startHttpAdapter({
  function: { name: 'call-wechat-api', timeoutMs: 29_000, handler },
  onFunctionError: (error) => process.stderr.write(`${String(error)}\n`),
});

answerQuestions<string | number>(endpoint, async () => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
});
