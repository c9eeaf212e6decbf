import type { ErrcodeExplanation, Language } from '#shared/wechat/errcode-explanation.ts';
import { gatewayPart } from './gateway-part.ts';
import { fieldsText } from './text-layout.ts';

const LABELS = {
  en: { meaning: 'means', cause: 'because', nextStep: 'do this', retry: 'again?', gateway: 'gateway' },
  zh: { meaning: '含义', cause: '原因', nextStep: '下一步', retry: '能否重试', gateway: '网关' },
} as const satisfies Readonly<Record<Language, object>>;

const RETRY = {
  en: {
    no: 'no: it fails again as it is',
    once: 'once, with a newer token',
    later: 'later, as said above',
    bounded: 'a few times with growing pauses, where doing it twice does no harm',
  },
  zh: {
    no: '否：原样重试仍会失败',
    once: '更换 token 后重试一次',
    later: '稍后再试，见上',
    bounded: '重复执行无害的调用可逐步延长间隔重试几次',
  },
} as const satisfies Readonly<Record<Language, Readonly<Record<ErrcodeExplanation['retry'], string>>>>;

const GLOBAL_CODES = 'https://developers.weixin.qq.com/doc/service/guide/dev/errcode.html';

/** What to say of an errcode that the table does not have: where to look. */
export function unknownErrcodeText(errcode: number): string {
  return `errcode ${errcode} is not in the table of this version. Look for it on the API's own page and on ${GLOBAL_CODES}; "logs" shows the errmsg and the rid that came with it.`;
}

/** An explanation for people, one language after the other. */
export function explanationText(explanation: ErrcodeExplanation, languages: readonly Language[]): string {
  const parts = languages.map((language) => partText(explanation, language));
  return [`errcode ${explanation.code}`, ...parts, `source: ${sourceText(explanation.source)}`].join('\n\n');
}

/** An explanation for programs. */
export function explanationJson(explanation: ErrcodeExplanation, languages: readonly Language[]) {
  const { code, retry, source } = explanation;
  const texts = languages.map((language) => [
    language,
    { ...explanation[language], gateway: gatewayPart(code, retry)[language] },
  ]);
  return { errcode: code, retry, source, ...Object.fromEntries(texts) };
}

function partText(explanation: ErrcodeExplanation, language: Language): string {
  const labels = LABELS[language];
  const { meaning, cause, nextStep } = explanation[language];
  return fieldsText([
    [labels.meaning, meaning],
    [labels.cause, cause],
    [labels.nextStep, nextStep],
    [labels.retry, RETRY[language][explanation.retry]],
    [labels.gateway, gatewayPart(explanation.code, explanation.retry)[language]],
  ]);
}

function sourceText(source: string): string {
  return /^(doc|miniprogram)\//.test(source) ? `https://developers.weixin.qq.com/${source}` : source;
}
