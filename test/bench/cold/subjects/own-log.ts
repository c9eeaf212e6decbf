import { systemClock } from '#shared/clock.node.ts';
import { createLineOutput } from '#shared/lambda/line-output.node.ts';
import { createLog } from '#shared/lambda/log.ts';
import { createMetrics } from '#shared/lambda/metrics.ts';

const write = createLineOutput();
const log = createLog(write);
const metrics = createMetrics({ write, stage: 'bench', clock: systemClock });

/** One line and one metric, our way. */
export const handler = async () => {
  log('INFO', { event: 'call', account: 'wx0123456789abcdef', totalMs: 1 });
  metrics({ Calls: 1 });
  return { statusCode: 200 };
};
