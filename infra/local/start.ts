import { parseStartFlags, type StartFlags, UsageError } from './start-flags.ts';
import { START_HELP } from './start-help.ts';

const USAGE_EXIT_CODE = 2;

function readFlags(): StartFlags | 'help' | UsageError {
  try {
    return parseStartFlags(process.argv.slice(2), process.env);
  } catch (error) {
    // A wrong flag is the user's to correct: its text is all there is to say.
    if (error instanceof UsageError) return error;
    throw error;
  }
}

const flags = readFlags();
if (flags === 'help') {
  process.stdout.write(START_HELP);
} else if (flags instanceof UsageError) {
  process.stderr.write(`${flags.message}\n`);
  process.exitCode = USAGE_EXIT_CODE;
} else {
  // Not before the flags are known to be good: it loads everything.
  const { runStart } = await import('./run-start.ts');
  process.exit(await runStart(flags));
}
