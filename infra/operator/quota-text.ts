import { CLEARS_PER_MONTH, type ClearKind } from '#shared/account/clear-quota-allowance.ts';
import type { AccountLearning } from '#shared/quota/learn-quotas.ts';
import type { QuotaForecast } from '#shared/quota/quota-forecast.ts';
import type { KnownQuota } from '#shared/quota/quota-plan.ts';
import { SMALLEST_RESERVE_PERCENT } from '#shared/quota/quota-rule.ts';
import { QUOTAS_RISE_AT_FOLLOWERS } from '#shared/wechat/endpoint-quotas.ts';
import { nextQuotaDayStart } from '#shared/wechat/quota-day.ts';
import { askTrouble } from './ask-trouble.ts';
import type { CallerOverview, EndpointOverview } from './quota-overview.ts';
import { durationText, tableText, timeText } from './text-layout.ts';

const MOST_CALLERS = 3;

/** Whose word a quota is. */
const SOURCES: Readonly<Record<KnownQuota['source'], string>> = {
  operator: 'operator',
  wechat: 'WeChat',
  documentation: 'documented',
};

/** All that is shown of an account's quotas. */
export interface ShownQuotas {
  readonly appId: string;
  readonly displayName: string;
  readonly endpoints: readonly EndpointOverview[];
  /** What came of asking WeChat just now. */
  readonly learning: AccountLearning;
  readonly clearsLeft: Readonly<Record<ClearKind, number>>;
  readonly now: number;
}

/** For people: a line per endpoint, then what is to be known about the figures. */
export function quotasText({ appId, displayName, endpoints, learning, clearsLeft, now }: ShownQuotas): string {
  const reset = nextQuotaDayStart(now);
  const rows = endpoints.map((one) => [
    one.endpoint,
    String(one.calls),
    ...knownCells(one, now),
    sharedText(one),
    one.callers.slice(0, MOST_CALLERS).map(callerText).join(', '),
  ]);
  const headings = ['ENDPOINT', 'CALLS', 'OTHERS', 'QUOTA', 'USED', 'FROM', 'LASTS', 'SHARED', 'MOST CALLS'];
  return [
    `Quotas of ${appId} (${displayName}). They begin anew in ${durationText(reset - now)}, at ${timeText(reset)}.`,
    '',
    tableText(headings, rows, 'Nothing has been called today.'),
    '',
    ...documentedTexts(endpoints),
    ...clearedTexts(endpoints),
    ...learningTexts(learning),
    `Clears left this month (UTC+8), as far as the gateway knows: ${clearsLeft.all} of ${CLEARS_PER_MONTH.all} of all quotas, ${clearsLeft.endpoint} of ${CLEARS_PER_MONTH.endpoint} of one endpoint's.`,
  ].join('\n');
}

/** For programs; `null` where nobody knows. */
export function quotasJson({ appId, endpoints, learning, clearsLeft, now }: ShownQuotas) {
  const failed = failedOf(learning);
  return {
    appId,
    resetsAt: isoTime(nextQuotaDayStart(now)),
    endpoints: endpoints.map(endpointJson),
    asked: {
      endpoints: learning.endpoints.length,
      notAsked: learning.notAsked,
      failure: failed === undefined ? null : { endpoint: failed.endpoint, cause: failed.cause },
    },
    clearsLeft,
  };
}

/** The endpoint at which asking WeChat ended early, if it did. */
export function failedOf({ endpoints }: AccountLearning) {
  return endpoints.find((one) => one.outcome === 'failed');
}

function endpointJson({ endpoint, calls, known, learnt, rule, clearedAt, callers }: EndpointOverview) {
  const ends = known?.forecast.kind === 'ends' ? known.forecast.at : undefined;
  return {
    endpoint,
    calls,
    quota: known?.quota.calls ?? null,
    source: known?.quota.source ?? null,
    others: known?.others ?? null,
    usedPercent: known?.usedPercent ?? null,
    forecast: known === undefined ? null : { ...known.forecast, at: isoTime(ends) },
    toldAt: isoTime(learnt?.at),
    rateLimit: learnt?.rateLimit ?? null,
    clearedAt: isoTime(clearedAt),
    shared: rule === undefined ? null : { reservePercent: reserveOf(rule), eachPercent: rule.eachPercent ?? null },
    callers: callers.map((one) => ({ ...one, name: one.name ?? null, share: one.share ?? null })),
  };
}

function knownCells({ known, learnt }: EndpointOverview, now: number): readonly string[] {
  if (known === undefined) return ['?', '?', '', '', ''];
  const { quota, others, usedPercent, forecast } = known;
  const age = quota.source === 'wechat' && learnt ? `, ${durationText(now - learnt.at)} ago` : '';
  return [
    String(others),
    String(quota.calls),
    `${usedPercent < 1 && usedPercent > 0 ? '<1' : Math.floor(usedPercent)} %`,
    `${SOURCES[quota.source]}${age}`,
    forecastText(forecast, now),
  ];
}

function forecastText(forecast: QuotaForecast, now: number): string {
  if (forecast.kind === 'used-up') return 'used up';
  return forecast.kind === 'ends' ? `ends in ${durationText(forecast.at - now)}` : 'all day';
}

function sharedText({ rule }: EndpointOverview): string {
  if (rule === undefined) return 'no';
  const each = rule.eachPercent === undefined ? '' : `, each ${rule.eachPercent} %`;
  return `reserve ${reserveOf(rule)} %${each}`;
}

function reserveOf({ reservePercent = SMALLEST_RESERVE_PERCENT }: { readonly reservePercent?: number | undefined }) {
  return reservePercent;
}

function callerText({ callerId, name, calls, share }: CallerOverview): string {
  const who = name === undefined ? callerId : `${name} (${callerId})`;
  return `${who} ${calls}${share === undefined ? '' : ` of ${share}`}`;
}

function documentedTexts(endpoints: readonly EndpointOverview[]): readonly string[] {
  if (!endpoints.some(({ known }) => known?.quota.source === 'documentation')) return [];
  const followers = QUOTAS_RISE_AT_FOLLOWERS.map((count) => count.toLocaleString('en')).join(', ');
  return [`"documented" is what an account begins with: WeChat raises it at ${followers} followers.`];
}

/** One line per clear. */
function clearedTexts(endpoints: readonly EndpointOverview[]): readonly string[] {
  const cleared = Map.groupBy(endpoints, ({ clearedAt }) => clearedAt);
  return [...cleared].flatMap(([at, ones]) =>
    at === undefined
      ? []
      : [
          `Cleared at ${timeText(at)}: ${ones.map(({ endpoint }) => endpoint).join(', ')}. CALLS are those since the beginning of that hour.`,
        ],
  );
}

function learningTexts(learning: AccountLearning): readonly string[] {
  const failed = failedOf(learning);
  if (failed !== undefined) {
    return [
      `WeChat could not be asked for ${failed.endpoint} and what follows: ${askTrouble(failed.cause, learning.appId)} What it told before stands above.`,
    ];
  }
  return learning.notAsked === 0
    ? []
    : [`${learning.notAsked} endpoints with fewer calls were not asked for: asking has a quota too.`];
}

function isoTime(epochMs: number | undefined): string | null {
  return epochMs === undefined ? null : new Date(epochMs).toISOString();
}
