import { errcodeExplanation } from '#shared/wechat/errcode-explanation.ts';

/** Why WeChat gave no answer to a question of the gateway's own, and the next step: in sentences. @param cause as `PostOutcome` has it, or `errcode` and WeChat's */
export function askTrouble(cause: string, appId: string): string {
  if (cause === 'unknown-account') return `the account is disabled; "account enable ${appId}" enables it.`;
  if (cause === 'no-token') return `there is no access token that works; "status ${appId}" says why.`;
  const errcode = /^errcode (-?\d+)$/.exec(cause)?.[1];
  if (errcode !== undefined) return refusedText(Number(errcode));
  return `no whole answer came (${cause}); "doctor ${appId}" looks at the way to WeChat.`;
}

/** WeChat's refusal with its next step. */
export function refusedText(errcode: number): string {
  const explanation = errcodeExplanation(errcode);
  if (explanation === undefined) return `WeChat answers errcode ${errcode}, which is not in the table of this version.`;
  return `WeChat answers errcode ${errcode}, ${explanation.en.meaning}. ${explanation.en.nextStep}`;
}
