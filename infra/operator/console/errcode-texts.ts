import { NO_ANSWER, OTHER } from '#shared/usage/day-usage.ts';
import { errcodeExplanation } from '#shared/wechat/errcode-explanation.ts';
import type { ShownHours } from './hours.ts';

/** What an error means and what to do, for people. */
export interface ErrorText {
  readonly meaning: string;
  readonly meaningZh: string;
  readonly nextStep: string;
}

const WITHOUT_ANSWER: ErrorText = {
  meaning: 'WeChat gave no whole answer after the call was sent',
  meaningZh: '请求发出后，微信没有给出完整应答',
  nextStep: 'Find out whether it was carried out before repeating it.',
};
const UNKNOWN: ErrorText = {
  meaning: 'not in the catalogue',
  meaningZh: '错误码表中没有',
  nextStep: "Look it up in WeChat's documentation of the endpoint.",
};
const REST: ErrorText = {
  meaning: 'rarer errcodes, counted together',
  meaningZh: '其余较少的错误码合并计数',
  nextStep: 'The log lines of the calls have each.',
};
const HTTP_ERROR: ErrorText = {
  meaning: 'WeChat answered with an HTTP error and no errcode',
  meaningZh: '微信返回了 HTTP 错误，没有 errcode',
  nextStep: "WeChat's servers or something on the way there is in trouble; look at the upstream alarms.",
};

/** The texts of every error in these hours, by its name in the counts. */
export function errorTexts({ accounts }: ShownHours): Readonly<Record<string, ErrorText>> {
  const names = accounts.flatMap(({ hours }) => hours.flatMap(({ errcodes }) => Object.keys(errcodes)));
  return Object.fromEntries([...new Set(names)].map((name) => [name, textOf(name)]));
}

function textOf(name: string): ErrorText {
  if (name === NO_ANSWER) return WITHOUT_ANSWER;
  if (name === OTHER) return REST;
  if (name.startsWith('http-')) return HTTP_ERROR;
  const explanation = /^-?\d+$/.test(name) ? errcodeExplanation(Number(name)) : undefined;
  if (explanation === undefined) return UNKNOWN;
  return { meaning: explanation.en.meaning, meaningZh: explanation.zh.meaning, nextStep: explanation.en.nextStep };
}
