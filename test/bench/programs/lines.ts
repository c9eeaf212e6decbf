import { createRequire } from 'node:module';
import { answerQuestions } from '../program.ts';

/** A built handler that writes one log line and one metric. */
const { handler } = createRequire(import.meta.url)(process.argv[2] ?? '') as { handler: () => Promise<unknown> };

/** Asked for so many calls, says what each took in microseconds of processor time. */
answerQuestions<number>(0, async (calls: number) => {
  const before = process.cpuUsage();
  for (let i = 0; i < calls; i += 1) await handler();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
});
