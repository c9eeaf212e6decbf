import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { explainDay } from './refresh-simulation/explain-day.ts';

const run = promisify(execFile);
const PROGRAM = 'test/property/refresh-simulation/simulate.ts';

describe('npm run simulate', () => {
  it.each([
    { flags: ['--seeds', '0'], says: 'It must be a whole number from 1 to 1000000.' },
    {
      flags: ['--seeds', '3', '--seed', '4'],
      says: "option '--seed <seed>' cannot be used with option '--seeds <count>'",
    },
    { flags: ['--trace'], says: '--trace tells of one day: add --seed <seed>' },
    { flags: ['--mix', 'wild'], says: 'Allowed choices are moderate, harsh.' },
  ])('says what is wrong with $flags', async ({ flags, says }) => {
    await expect(run(process.execPath, [PROGRAM, ...flags])).rejects.toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(says),
    });
  });

  it('tells one day line by line and what it came to', async () => {
    const traced = ['--seed', '7', '--mix', 'moderate', '--trace'];
    const { stdout, stderr } = await run(process.execPath, [PROGRAM, ...traced], { maxBuffer: 2 ** 28 });
    expect(stdout).toMatch(/^\d{2}:\d{2}:\d{2}\.\d{3} refresher-\d+ ends for wxstable: committed/m);
    expect(stdout).toContain('moderate mix, 1 days of 24 h: every promise held');
    expect(stderr).toContain('moderate: 1 of 1 days, 0 broke a promise');
  });
});

describe('a day that broke a promise', () => {
  it('is told with its last events and the one command that replays it', async () => {
    const told = (await explainDay({ seed: 7, mix: 'moderate' }, 'a call failed')).split('\n');
    expect(told[0]).toBe('Seed 7 broke a promise: a call failed');
    expect(told.at(-1)).toBe('Replay it alone: npm run simulate -- --mix moderate --seed 7 --trace');
    expect(told.length).toBeGreaterThan(40);
  });
});
