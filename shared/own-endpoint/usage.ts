import { type CallAnswer, json } from '../api-call/answer-shape.ts';
import type { CallTrace } from '../api-call/call-trace.ts';
import { readable } from '../api-call/readable.ts';
import type { CallRequest } from '../api-call/request.ts';
import type { Caller } from '../caller/caller.ts';
import type { QuotaPlan } from '../quota/quota-plan.ts';
import type { QuotaPlanReader } from '../quota/quota-plan-reader.ts';
import { shareOfCaller } from '../quota/quota-windows.ts';
import type { EndpointUsage } from '../usage/day-usage.ts';
import { quotaDay } from '../wechat/quota-day.ts';
import { type CallerAccountDay, type CallerUsageDependencies, callerUsage } from './caller-usage.ts';
import { dateText } from './usage-period.ts';

/** What the endpoint needs besides what every call does. */
export interface UsageDependencies extends CallerUsageDependencies {
  readonly quotas: QuotaPlanReader;
}

/**
 * `GET /gateway/usage?date=YYYY-MM-DD` or `?days=N`, today by default: what the caller itself did, by WeChat's day, account and endpoint: calls, errors,
 * refusals of the gateway, bytes of bodies; for today also its share of the endpoint and what is left of it, `null` where it has none. At most some 65 s
 * behind.
 * @throws {Refusal} `malformed-usage-query`, and as every call
 */
export async function showUsage(
  dependencies: UsageDependencies,
  request: CallRequest,
  trace: CallTrace,
): Promise<CallAnswer> {
  const { caller, days } = await callerUsage(dependencies, request, trace);
  const today = quotaDay(dependencies.clock.now());
  const describe = async (account: CallerAccountDay) => {
    const plan = account.day === today ? await readable(dependencies.quotas.get(account.appId)) : undefined;
    return {
      appId: account.appId,
      endpoints: account.rows.map((row) => describeRow(row, plan, caller, account.appId)),
    };
  };
  return json(200, {
    timeZone: 'UTC+8',
    days: await Promise.all(
      days.map(async ({ day, accounts }) => ({
        date: dateText(day),
        accounts: await Promise.all(accounts.map(describe)),
      })),
    ),
  });
}

function describeRow(
  { endpoint, calls, errors, refused, requestBytes, answerBytes }: EndpointUsage,
  plan: QuotaPlan | undefined,
  caller: Caller,
  appId: string,
) {
  const share = plan === undefined ? undefined : shareOfCaller(plan, { caller, appId, endpoint });
  return {
    endpoint,
    calls,
    errors,
    refused,
    requestBytes,
    answerBytes,
    share: share === undefined ? null : { calls: share, used: calls, left: Math.max(0, share - calls) },
  };
}
