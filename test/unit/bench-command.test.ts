import { expect, it } from 'vitest';
import { runBenches } from '../bench/run.ts';

async function run(...commandLine: string[]) {
  const written: string[] = [];
  const code = await runBenches(commandLine, (text) => written.push(text));
  return { code, text: written.join('') };
}

it('tells of every argument that it does not know, and which there are', async () => {
  const { code, text } = await run('growth', 'heat', '--fast');
  expect(code).toBe(2);
  expect(text).toMatch(/^There is no option --fast\.\nThere is no bench named heat\.\n/);
  for (const name of ['call', 'proxies', 'cold', 'growth', 'cost']) expect(text).toContain(`\n  ${name} `);
  expect(text).toContain('\n--brief ');
});

it('runs nothing when it is asked for help', async () => {
  const { code, text } = await run('growth', '--help');
  expect(code).toBe(0);
  expect(text).toMatch(/^Usage: npm run bench/);
});
