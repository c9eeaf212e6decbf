import { createLineOutput } from '#shared/lambda/line-output.node.ts';

/** Far more than a pipe holds. */
const LINES = 500;
/** More than a write that does not block puts into a pipe as a whole or not at all (PIPE_BUF): some lines are cut. */
const PADDING = '访'.repeat(3_001);

// Node makes a pipe one that does not block when it sets `process.stdout` up: a write to a full one then fails.
if (process.argv[2] === 'does-not-block') process.stdout.on('error', () => process.exit(1));
const write = createLineOutput();
for (let number = 0; number < LINES; number += 1) write(`${JSON.stringify({ number, PADDING })}\n`);
process.send?.('written');
process.disconnect?.();
