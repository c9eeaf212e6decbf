import { type Command, Option } from 'commander';
import { isRid } from '#shared/quota/quota-request.ts';
import { errcodeExplanation, LANGUAGES, type Language } from '#shared/wechat/errcode-explanation.ts';
import type { CommandResult, SurroundingsRunner, SurroundingsSession } from '../command-runner.ts';
import { explanationJson, explanationText, unknownErrcodeText } from '../explanation-text.ts';
import { example } from '../help-example.ts';
import { knownAccount } from '../known-account.ts';
import { OperatorFailure, usageFailure } from '../operator-failure.ts';
import type { OperatorGateway } from '../operator-gateway.ts';
import { ridResult } from '../rid-text.ts';

interface ExplainOptions {
  readonly account?: string;
  readonly language: Language | 'both';
}

const CODE = /^-?\d{1,9}$/;

/** `explain <errcode|rid>`. */
export function addExplainCommand(program: Command, run: SurroundingsRunner): void {
  program
    .command('explain')
    .summary('explain an errcode, or a request by its rid')
    .description(
      "Explains an errcode, WeChat's or the gateway's: what it means, why it comes, what to do, and what the gateway has done about it already. For the rid in an errmsg it shows what WeChat has recorded of that request, without tokens and secrets, and explains its errcode.",
    )
    .argument(
      '<errcode|rid>',
      'the number in the answer, or the rid at the end of its errmsg; what begins with a minus goes behind "--"',
    )
    .option('--account <appId>', 'the account that made the request (for a rid; default: the only one there is)')
    .addOption(
      new Option('--language <language>', 'the language of the text').choices([...LANGUAGES, 'both']).default('both'),
    )
    .addHelpText(
      'after',
      example(
        'explain 40164',
        'explain 45009 --language zh',
        'explain -- -1',
        'explain 6aac0063-7ed08fb9-1250f724 --account wx0123456789abcdef',
      ),
    )
    .action((text: string, { account, language }: ExplainOptions, command: Command) =>
      run(command, async (session) => {
        const languages = language === 'both' ? LANGUAGES : [language];
        return isRid(text) ? explainRid(session, text, account, languages) : explainErrcode(text, languages);
      }),
    );
}

/** @throws {OperatorFailure} when the text is no errcode, and when the table does not have it */
function explainErrcode(text: string, languages: readonly Language[]): CommandResult {
  if (!CODE.test(text)) {
    throw usageFailure(
      'An errcode is a number, such as 40164, and a rid looks like 6aac0063-7ed08fb9-1250f724: copy it from the answer.',
    );
  }
  const explanation = errcodeExplanation(Number(text));
  if (explanation === undefined) throw new OperatorFailure(unknownErrcodeText(Number(text)));
  return { json: explanationJson(explanation, languages), text: explanationText(explanation, languages) };
}

async function explainRid(
  { surroundings, terminal }: SurroundingsSession,
  rid: string,
  account: string | undefined,
  languages: readonly Language[],
): Promise<CommandResult> {
  const gateway = surroundings.connect((await surroundings.describe()).target);
  const { appId } = await knownAccount(gateway, account ?? (await onlyAccount(gateway)));
  terminal.tell('Asking WeChat ...');
  return ridResult({ rid, appId, languages }, await gateway.quotaFunction.lookUpRid(appId, rid));
}

/** @throws {OperatorFailure} when there is none or more than one */
async function onlyAccount({ accountItems }: OperatorGateway): Promise<string> {
  const [only, ...others] = await accountItems.list();
  if (only !== undefined && others.length === 0) return only;
  throw usageFailure(
    'WeChat tells of a request only to the account that made it: name it with --account. "logs --rid <rid>" shows which one it was.',
  );
}
