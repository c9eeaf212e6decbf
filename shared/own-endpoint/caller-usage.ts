import { type AuthenticateDependencies, type AuthenticatedCaller, authenticate } from '../api-call/authenticate.ts';
import type { CallTrace } from '../api-call/call-trace.ts';
import { readable } from '../api-call/readable.ts';
import type { CallRequest } from '../api-call/request.ts';
import { grantedAccounts } from '../caller/grant.ts';
import type { EndpointUsage } from '../usage/day-usage.ts';
import type { UsageReader } from '../usage/usage-reader.ts';
import { usagePeriod } from './usage-period.ts';

/** What reading a caller's own counts needs. */
export interface CallerUsageDependencies extends AuthenticateDependencies {
  readonly usageReader: UsageReader;
}

/** What a caller did with one account in one day. */
export interface CallerAccountDay {
  readonly day: string;
  readonly appId: string;
  /** By endpoint, the caller's alone. */
  readonly rows: readonly EndpointUsage[];
}

/** The days that a query asks for, of each account that the credential covers: by day, the latest first. */
export interface CallerUsage extends AuthenticatedCaller {
  readonly days: readonly { readonly day: string; readonly accounts: readonly CallerAccountDay[] }[];
}

/** Reads what the caller itself did, at most some 65 s behind. @throws {Refusal} `malformed-usage-query`, and as every call */
export async function callerUsage(
  dependencies: CallerUsageDependencies,
  request: CallRequest,
  trace: CallTrace,
): Promise<CallerUsage> {
  const authenticated = await authenticate(dependencies, request);
  const { caller, keyId, appId } = authenticated;
  Object.assign(trace, { caller: caller.id, keyId });
  const accounts = appId === undefined ? grantedAccounts(caller) : [appId];
  const days = usagePeriod(request.query, dependencies.clock.now());
  const rowsOf = async (day: string, account: string): Promise<CallerAccountDay> => {
    const { usage } = await readable(dependencies.usageReader.get(account, day));
    return { day, appId: account, rows: usage.rows.filter((row) => row.caller === caller.id) };
  };
  return {
    ...authenticated,
    days: await Promise.all(
      days.map(async (day) => ({ day, accounts: await Promise.all(accounts.map((account) => rowsOf(day, account))) })),
    ),
  };
}
