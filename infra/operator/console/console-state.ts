import type { Clock } from '#shared/clock.ts';
import type { AlarmReader } from '../alarm-reader.ts';
import type { OperatorGateway } from '../operator-gateway.ts';
import { accountList, readAccounts, type ShownAccount } from './account-list.ts';
import { readAccountUsages } from './account-usage.ts';
import { alarmList, type ShownAlarm } from './alarm-list.ts';
import { callerList, readCallers, type ShownCaller } from './caller-list.ts';
import { type ErrorText, errorTexts } from './errcode-texts.ts';
import { type ShownHours, shownHours } from './hours.ts';
import { kept } from './kept.ts';
import { type Part, partOf } from './part.ts';
import { quotaBars, type ShownQuota } from './quota-bars.ts';
import { type ShownServerIpList, serverIpLists } from './server-ip-lists.ts';
import { type Verdict, verdictOf } from './verdict.ts';

/** What the gateway's calls of the last day came to. */
export interface ShownUsage {
  readonly hours: ShownHours;
  readonly errors: Readonly<Record<string, ErrorText>>;
  readonly quotas: readonly ShownQuota[];
  /** With what each did today. */
  readonly callers: readonly ShownCaller[];
}

/** What the page shows, each part readable or not by itself. */
export interface ConsoleParts {
  readonly accounts: Part<readonly ShownAccount[]>;
  readonly usage: Part<ShownUsage>;
  readonly serverIps: Part<readonly ShownServerIpList[]>;
  /** `value: null` where there are none: in the local run. */
  readonly alarms: Part<readonly ShownAlarm[] | null>;
}

/** Everything on the page: no token, no secret, no verifier. Times are ISO 8601 in UTC. */
export interface ConsoleState extends ConsoleParts {
  readonly gateway: {
    /** For people: `stage dev in ap-southeast-1`. */
    readonly name: string;
    /** What comes before a command that does something to this gateway. */
    readonly commandLine: string;
  };
  readonly readAt: string;
  readonly verdict: Verdict;
}

/** What the page reads. */
export interface ConsoleSource {
  readonly gateway: Pick<
    OperatorGateway,
    | 'accounts'
    | 'accountItems'
    | 'tokens'
    | 'callers'
    | 'callerItems'
    | 'keyUse'
    | 'usage'
    | 'learntQuotas'
    | 'serverIps'
  >;
  readonly about: ConsoleState['gateway'];
  /** `undefined` in the local run, which has none. */
  readonly alarms: { readonly stage: string; readonly reader: AlarmReader } | undefined;
  readonly clock: Pick<Clock, 'now'>;
}

/** Shorter than the page's pause between two looks. */
const ACCOUNTS_KEPT_MS = 5_000;
/** Of what costs more to read and changes more slowly: counts come with the environments' flushes, alarms with periods of a minute. */
const OTHERS_KEPT_MS = 25_000;

/** Reads all that the page shows; however many pages look, the gateway is read by one. Never rejects: what cannot be read says why. */
export function createConsoleReader(source: ConsoleSource): () => Promise<ConsoleState> {
  const { gateway, about, alarms, clock } = source;
  const now = () => clock.now();
  const accounts = kept(async () => accountList(gateway, await readAccounts(gateway), now()), ACCOUNTS_KEPT_MS, clock);
  const usage = kept(() => readUsage(source), OTHERS_KEPT_MS, clock);
  const serverIps = kept(() => serverIpLists(gateway.serverIps), OTHERS_KEPT_MS, clock);
  const alarmsNow = kept(
    async () => (alarms === undefined ? null : alarmList(alarms.reader, alarms.stage, now())),
    OTHERS_KEPT_MS,
    clock,
  );
  return async () => {
    const [accountsPart, usagePart, serverIpsPart, alarmsPart] = await Promise.all([
      partOf(accounts),
      partOf(usage),
      partOf(serverIps),
      partOf(alarmsNow),
    ]);
    const parts = { accounts: accountsPart, usage: usagePart, serverIps: serverIpsPart, alarms: alarmsPart };
    return { gateway: about, readAt: new Date(now()).toISOString(), verdict: verdictOf(parts), ...parts };
  };
}

async function readUsage({ gateway, clock }: ConsoleSource): Promise<ShownUsage> {
  const [accounts, callers] = await Promise.all([readAccounts(gateway), readCallers(gateway)]);
  const now = clock.now();
  const usages = await readAccountUsages(gateway, accounts, now);
  const hours = shownHours(usages, now);
  return { hours, errors: errorTexts(hours), quotas: quotaBars(usages, now), callers: callerList(callers, usages) };
}
