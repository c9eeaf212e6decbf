import { expect, it } from 'vitest';
import { jsSignature } from '#shared/ticket/js-signature.ts';

const TICKET = 'sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg';
const NONCE = 'Wm3WZYTPz0wzccnW';
const SIGNATURE = '0f9de62fce790f9a083d5c99e95740ceb90c27ed';

it.each([
  'http://mp.weixin.qq.com?params=value',
  'http://mp.weixin.qq.com?params=value#',
  'http://mp.weixin.qq.com?params=value#a#b',
])('signs the example of the JS-SDK documentation as it does (%s)', (url) => {
  expect(jsSignature(TICKET, { url, nonceStr: NONCE, timestamp: 1_414_587_457 })).toBe(SIGNATURE);
});

it('signs the text of the URL and not what it decodes to', () => {
  const signatures = ['https://a.example/%E4%BD%A0', 'https://a.example/你', 'https://a.example/%e4%bd%a0'].map((url) =>
    jsSignature(TICKET, { url, nonceStr: NONCE, timestamp: 1 }),
  );
  expect(new Set(signatures).size).toBe(3);
});
