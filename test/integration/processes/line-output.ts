import { createLineOutput } from '#shared/lambda/line-output.node.ts';

/** Far more than a pipe holds. */
const LINES = 5_000;
const PADDING = '访'.repeat(100);

// Node makes a pipe one that does not block when it sets `process.stdout` up: a write to a full one then fails.
if (process.argv[2] === 'does-not-block') process.stdout.on('error', () => process.exit(1));
const write = createLineOutput();
for (let number = 0; number < LINES; number += 1) write(`${JSON.stringify({ number, PADDING })}\n`);
process.send?.('written');
process.disconnect?.();
