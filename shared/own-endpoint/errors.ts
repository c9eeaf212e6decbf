import { type CallAnswer, json } from '../api-call/answer-shape.ts';
import type { CallTrace } from '../api-call/call-trace.ts';
import { isRefusalCause, REFUSALS } from '../api-call/refusal.ts';
import type { CallRequest } from '../api-call/request.ts';
import { type EndpointUsage, NO_ANSWER, OTHER } from '../usage/day-usage.ts';
import type { errcodeEntry } from '../wechat/errcode.ts';
import { type CallerUsageDependencies, callerUsage } from './caller-usage.ts';
import { dateText } from './usage-period.ts';

const WITHOUT_ANSWER = {
  meaning: 'WeChat gave no whole answer after the call was sent',
  advice: 'Find out whether it was carried out before repeating it.',
};

const REST = {
  meaning: 'rarer errcodes, counted together',
  advice: 'Ask the operator: the log lines of the calls have each.',
};
const HTTP_ERROR = {
  meaning: 'WeChat, or something on the way to it, answered with an HTTP error and no errcode',
  advice: 'Find out whether it was carried out before repeating it; tell the operator if it goes on.',
};

/**
 * `GET /gateway/errors?date=YYYY-MM-DD` or `?days=N`, today by default: the caller's own calls that went wrong, by WeChat's day, account and endpoint, the
 * most frequent first: what WeChat answered with its meaning and what to do, and what the gateway refused by its own cause. At most some 65 s behind.
 * @throws {Refusal} `malformed-usage-query`, and as every call
 */
export async function showErrors(
  dependencies: CallerUsageDependencies,
  request: CallRequest,
  trace: CallTrace,
): Promise<CallAnswer> {
  const { days } = await callerUsage(dependencies, request, trace);
  // Only who asks for the errors pays for loading the table of errcodes.
  const { errcodeEntry } = await import('../wechat/errcode.ts');
  return json(200, {
    timeZone: 'UTC+8',
    days: days.map(({ day, accounts }) => ({
      date: dateText(day),
      accounts: accounts.map(({ appId, rows }) => ({
        appId,
        fromWechat: mostFrequentFirst(rows.flatMap((row) => wechatErrors(row, errcodeEntry))),
        fromGateway: mostFrequentFirst(rows.flatMap(gatewayErrors)),
      })),
    })),
  });
}

function wechatErrors({ endpoint, errcodes }: EndpointUsage, entryOf: typeof errcodeEntry) {
  return Object.entries(errcodes).map(([error, count]) => {
    const errcode = /^-?\d+$/.test(error) ? Number(error) : null;
    const known = errcode === null ? withoutErrcode(error) : entryOf(errcode);
    return { endpoint, error, errcode, count, meaning: known?.meaning ?? null, advice: known?.advice ?? null };
  });
}

function withoutErrcode(error: string): typeof WITHOUT_ANSWER | undefined {
  if (error === NO_ANSWER) return WITHOUT_ANSWER;
  if (error === OTHER) return REST;
  return error.startsWith('http-') ? HTTP_ERROR : undefined;
}

function gatewayErrors({ endpoint, refusals }: EndpointUsage) {
  return Object.entries(refusals).map(([cause, count]) => {
    const refusal = isRefusalCause(cause) ? REFUSALS[cause] : undefined;
    return { endpoint, cause, errcode: refusal?.errcode ?? null, count, errmsg: refusal?.errmsg ?? null };
  });
}

function mostFrequentFirst<Counted extends { readonly count: number }>(
  counted: readonly Counted[],
): readonly Counted[] {
  return counted.toSorted((a, b) => b.count - a.count);
}
