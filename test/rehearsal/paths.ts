import { join } from 'node:path';

/** The project's own folder. */
export const PROJECT_ROOT = join(import.meta.dirname, '../..');

/** Where everything that a rehearsal makes goes; it is emptied before and removed after one that succeeded. */
export const WORK_FOLDER = join(PROJECT_ROOT, 'build/rehearsal');

/** The Python that has MiniStack: where `.ci/run` installs it. */
export const MINISTACK_PYTHON = join(PROJECT_ROOT, 'build/ministack/bin/python');
