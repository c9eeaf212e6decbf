import { describe, expect, it } from 'vitest';
import { systemClock } from '#shared/clock.node.ts';
import { errcodeEntries } from '#shared/wechat/errcode.ts';
import { runOperator } from '../../infra/operator/run-operator.ts';
import type { Surroundings } from '../../infra/operator/surroundings.ts';
import type { Terminal } from '../../infra/operator/terminal.ts';
import { runCli } from '../integration/operator-cli.ts';

const CHINESE = /\p{Script=Han}/u;

/** The command line in this process, with no gateway and no way to one. */
async function run(...args: readonly string[]) {
  const printed: string[] = [];
  const told: string[] = [];
  const terminal: Partial<Terminal> = { print: (text) => printed.push(text), tell: (text) => told.push(text) };
  const exitCode = await runOperator(args, {
    terminal: terminal as Terminal,
    clock: systemClock,
    connect: () => Promise.reject(new Error('explaining needs no gateway')),
    findSurroundings: async () => ({}) as Surroundings,
  });
  return { exitCode, stdout: printed.join('\n'), stderr: told.join('\n') };
}

describe('operator explain', () => {
  it.each([...errcodeEntries().keys()])('explains %i in both languages, with its source', async (code) => {
    const { exitCode, stdout } = await run('--json', 'explain', '--', String(code));
    expect(exitCode).toBe(0);
    const text = expect.stringMatching(/\S/);
    const chinese = expect.stringMatching(CHINESE);
    expect(JSON.parse(stdout)).toEqual({
      errcode: code,
      retry: expect.stringMatching(/^(no|once|later|bounded)$/),
      source: text,
      en: { meaning: text, cause: text, nextStep: text, gateway: expect.not.stringMatching(CHINESE) },
      zh: { meaning: chinese, cause: chinese, nextStep: chinese, gateway: chinese },
    });
  });

  it('shows people what it means, why, what to do, and what the gateway has done', async () => {
    const { stdout } = await run('explain', '40164');
    expect(stdout).toMatch(
      /^errcode 40164\n\nmeans .*\nbecause .*\ndo this .*\nagain\? .*\ngateway .*alarm.*\n\n含义 .*\n原因 .*\n下一步 .*\n能否重试 .*\n网关 .*\n\nsource: https:\/\/developers\.weixin\.qq\.com\/doc\//,
    );
  });

  it('speaks one language when asked to', async () => {
    expect((await run('explain', '40164', '--language', 'en')).stdout).not.toMatch(CHINESE);
    expect((await run('explain', '40164', '--language', 'zh')).stdout).not.toContain('means');
  });

  it('says where to look for a code that it does not have', async () => {
    const { exitCode, stderr } = await run('explain', '12345');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('developers.weixin.qq.com');
  });

  it.each(['', 'x', '40164x', '1e3'])('takes nothing but a number: "%s"', async (text) => {
    expect((await run('explain', text)).exitCode).toBe(2);
  });

  it('works as a program without credentials', async () => {
    const { exitCode, stdout } = await runCli(['explain', '45009', '--language', 'en']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('quota clear');
  });
});
