import type { RecordedRequest, RidLookUp } from '#shared/diagnosis/look-up-rid.ts';
import { peekErrcode } from '#shared/wechat/answer.ts';
import { type ErrcodeExplanation, errcodeExplanation, type Language } from '#shared/wechat/errcode-explanation.ts';
import { askTrouble } from './ask-trouble.ts';
import type { CommandResult } from './command-runner.ts';
import { explanationJson, explanationText, unknownErrcodeText } from './explanation-text.ts';
import { fieldsText, timeText } from './text-layout.ts';

/** Whose request was looked up, and in which languages to explain it. */
export interface WantedRid {
  readonly rid: string;
  readonly appId: string;
  readonly languages: readonly Language[];
}

/** What WeChat has recorded of a request, with its errcode explained; failed when it tells nothing, which is explained likewise. */
export function ridResult(wanted: WantedRid, lookUp: RidLookUp): CommandResult {
  const { rid, appId, languages } = wanted;
  const request = lookUp.outcome === 'found' ? lookUp.request : undefined;
  const errcode = lookUp.outcome === 'refused' ? lookUp.errcode : request && errcodeIn(request);
  const explanation = errcode === undefined ? undefined : errcodeExplanation(errcode);
  return {
    json: {
      rid,
      appId,
      request: request === undefined ? null : { ...request, at: new Date(request.at).toISOString() },
      errcode: errcode ?? null,
      explanation: explanation === undefined ? null : explanationJson(explanation, languages),
      failure: lookUp.outcome === 'failed' ? lookUp.cause : null,
    },
    text: [firstText(wanted, lookUp), ...explainedText(errcode, explanation, languages)].join('\n\n'),
    failed: request === undefined,
  };
}

function firstText({ rid, appId }: WantedRid, lookUp: RidLookUp): string {
  switch (lookUp.outcome) {
    case 'found':
      return requestText(lookUp.request);
    case 'refused':
      return `WeChat tells nothing of ${rid} to ${appId}. "logs --rid ${rid}" looks in the gateway's own log.`;
    case 'failed':
      return `WeChat could not be asked for ${rid}: ${askTrouble(lookUp.cause, appId)}`;
  }
}

function requestText({ at, tookMs, url, body, answer, clientIp }: RecordedRequest): string {
  return fieldsText([
    ['time', `${timeText(at)}, took ${tookMs} ms`],
    ['from', clientIp],
    ['request', url],
    ['body', body === '' ? 'none' : body],
    ['answer', answer],
  ]);
}

function explainedText(
  errcode: number | undefined,
  explanation: ErrcodeExplanation | undefined,
  languages: readonly Language[],
): readonly string[] {
  if (errcode === undefined) return [];
  return [explanation === undefined ? unknownErrcodeText(errcode) : explanationText(explanation, languages)];
}

function errcodeIn({ answer }: RecordedRequest): number | undefined {
  return peekErrcode({ headers: [], body: Buffer.from(answer) })?.errcode;
}
