import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { confirm } from '../../infra/operator/confirm.ts';
import { createNodeTerminal } from '../../infra/operator/terminal.node.ts';
import { durationText, tableText } from '../../infra/operator/text-layout.ts';

/** Somebody at a terminal who types this. */
function terminalWith(typed: string) {
  const [input, output, error] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const terminal = createNodeTerminal({ input: Object.assign(input, { isTTY: true }), output, error });
  input.write(typed);
  return { terminal, shown: () => String(output.read() ?? '') + String(error.read() ?? '') };
}

describe('the operator’s terminal', () => {
  it('reads a secret without showing it', async () => {
    const { terminal, shown } = terminalWith('a1b2c3\r');
    expect(await terminal.askHidden('Secret: ')).toBe('a1b2c3');
    expect(shown()).toBe('Secret: \n');
  });

  it('takes backspace for what it is while it shows nothing', async () => {
    const { terminal, shown } = terminalWith('a1x\u007fb2\r');
    expect(await terminal.askHidden('Secret: ')).toBe('a1b2');
    expect(shown()).not.toMatch(/[a-b1-2x]\d?x?$/);
  });

  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('ends a question with %s, and says that nothing was changed', async (_key, typed) => {
    const { terminal } = terminalWith(typed);
    await expect(terminal.ask('Name: ')).rejects.toMatchObject({ exitCode: 130, message: /nothing was changed/i });
  });

  it.each(['yes\r', 'YES \r'])('goes on when asked and answered %j', async (typed) => {
    const { terminal } = terminalWith(typed);
    await expect(confirm(terminal, 'It is gone for good.', false)).resolves.toBeUndefined();
  });

  it.each(['y\r', 'no\r', '\r'])('changes nothing when asked and answered %j', async (typed) => {
    const { terminal, shown } = terminalWith(typed);
    await expect(confirm(terminal, 'It is gone for good.', false)).rejects.toMatchObject({ exitCode: 1 });
    expect(shown()).toContain('It is gone for good.');
  });
});

describe('the operator’s tables', () => {
  it('line up, Chinese names too, and hold no control characters', () => {
    const table = tableText(
      ['NAME', 'MODE'],
      [
        ['商店', 'stable'],
        ['Shop\u001b[31m', 'classic'],
      ],
      'none',
    );
    expect(table).toBe('NAME       MODE\n商店       stable\nShop [31m  classic');
    expect(tableText(['NAME'], [], 'none')).toBe('none');
  });

  it.each([
    [7_199_999, '1 h 59 min'],
    [61_000, '1 min 1 s'],
    [999, '0 s'],
    [-5, '0 s'],
  ])('show %d ms as %s', (durationMs, text) => {
    expect(durationText(durationMs)).toBe(text);
  });
});
