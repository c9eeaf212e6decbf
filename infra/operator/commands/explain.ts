import { type Command, Option } from 'commander';
import { errcodeExplanation, LANGUAGES, type Language } from '#shared/wechat/errcode-explanation.ts';
import type { CommandResult, SurroundingsRunner } from '../command-runner.ts';
import { explanationJson, explanationText } from '../explanation-text.ts';
import { example } from '../help-example.ts';
import { OperatorFailure, usageFailure } from '../operator-failure.ts';

type Choice = Language | 'both';

interface ExplainOptions {
  readonly language: Choice;
}

const CODE = /^-?\d{1,9}$/;
const GLOBAL_CODES = 'https://developers.weixin.qq.com/doc/service/guide/dev/errcode.html';

/** `explain <errcode>`. */
export function addExplainCommand(program: Command, run: SurroundingsRunner): void {
  program
    .command('explain')
    .description(
      "Explains an errcode, WeChat's or the gateway's: what it means, why it comes, what to do, and what the gateway has done about it already.",
    )
    .argument('<errcode>', 'the number in the answer; one that begins with a minus goes behind "--"')
    .addOption(
      new Option('--language <language>', 'the language of the text').choices([...LANGUAGES, 'both']).default('both'),
    )
    .addHelpText('after', example('explain 40164', 'explain 45009 --language zh', 'explain -- -1'))
    .action((text: string, { language }: ExplainOptions, command: Command) =>
      run(command, async () => explainErrcode(text, language)),
    );
}

/** @throws {OperatorFailure} when the text is no errcode, and when the table does not have it */
function explainErrcode(text: string, language: Choice): CommandResult {
  if (!CODE.test(text)) throw usageFailure('An errcode is a number, such as 40164: copy it from the answer.');
  const explanation = errcodeExplanation(Number(text));
  if (explanation === undefined) {
    throw new OperatorFailure(
      `errcode ${text} is not in the table of this version. Look for it on the API's own page and on ${GLOBAL_CODES}; "logs" shows the errmsg and the rid that came with it.`,
    );
  }
  const languages = language === 'both' ? LANGUAGES : [language];
  return { json: explanationJson(explanation, languages), text: explanationText(explanation, languages) };
}
