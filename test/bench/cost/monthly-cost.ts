import { PRICES } from './prices.ts';

/** How functions reach WeChat; an existing VPC costs what `none` costs and whatever that VPC costs. */
export type EgressKind = 'none' | 'nat, 1 zone' | 'nat, 2 zones';

/** What the benches measured. */
export interface Measured {
  /** Processor time of one warm call, in milliseconds of a whole processor. */
  readonly callCpuMs: number;
  /** What a call writes to its function's log, metrics included. */
  readonly logBytesPerCall: number;
  /** Requests of one environment to the table within one life of its caches, but for counting. */
  readonly readsPerCacheLife: number;
  /** Of a tick that finds nothing due. */
  readonly readsPerTick: number;
  readonly tickMs: number;
}

/** What nobody can measure here. docs/deploy.md says them in words. */
export const ASSUMPTIONS = {
  hoursPerMonth: 730,
  accounts: 3,
  /** From sending a call to WeChat's answer. */
  wechatMs: 250,
  /** Of a call and of its answer, each over the internet twice. */
  bodyBytes: 2_000,
  /** API Gateway's access log and Lambda's own lines, per call. */
  platformLogBytes: 1_000,
  /** Environments that are busy at the same time, per million calls a month, and at least. */
  environmentsPerMillion: 0.2,
  environmentsAtLeast: 1,
  /** Callers with a limit. */
  limitedCallers: 5,
  cacheLifeSeconds: 45,
  /** How often an environment writes counts, per account, and reserves calls, per limited caller. */
  countingSeconds: 5,
  dailyRefreshesPerAccount: 25,
} as const;

const WHOLE_PROCESSOR_MIB = 1_769;
const GB = 1e9;

/** What a part of the bill is for, in US dollars a month. */
export type Bill = Readonly<Record<string, number>>;

/** A stage as far as its bill is concerned. */
export interface BilledStage {
  readonly egress: EgressKind;
  readonly callMemoryMiB: number;
  readonly tickMemoryMiB: number;
  /** Metrics that its alarms look at. */
  readonly alarmMetrics: number;
  readonly customMetrics: number;
  /** The table's, and the topic's where the stack makes one. */
  readonly kmsKeys: number;
}

/** What a stage costs in a month with so many calls, part by part. */
export function monthlyCost(calls: number, stage: BilledStage, measured: Measured): Bill {
  const { hoursPerMonth, accounts, dailyRefreshesPerAccount, bodyBytes, platformLogBytes } = ASSUMPTIONS;
  const ticks = hoursPerMonth * 60;
  const refreshes = (hoursPerMonth / 24) * dailyRefreshesPerAccount * accounts;
  const zones = { none: 0, 'nat, 1 zone': 1, 'nat, 2 zones': 2 }[stage.egress];
  const ways = 2 * bodyBytes * calls;
  return {
    'API Gateway': calls * PRICES.apiRequest.usd,
    Lambda:
      lambda(calls, stage.callMemoryMiB, callMs(stage.callMemoryMiB, measured)) +
      lambda(ticks, stage.tickMemoryMiB, measured.tickMs),
    DynamoDB:
      table(calls, measured) +
      ticks * measured.readsPerTick * PRICES.tableRead.usd +
      refreshes * 2 * PRICES.tableWrite.usd,
    'CloudWatch Logs': (calls * (measured.logBytesPerCall + platformLogBytes) * PRICES.logGb.usd) / GB,
    'Data to the internet': (ways * PRICES.internetGb.usd) / GB,
    'Alarms, metrics, dashboard':
      stage.alarmMetrics * PRICES.alarmMetric.usd +
      stage.customMetrics * PRICES.customMetric.usd +
      PRICES.dashboard.usd,
    'KMS keys': stage.kmsKeys * PRICES.kmsKey.usd,
    'Secrets Manager': accounts * PRICES.secret.usd + refreshes * PRICES.secretRead.usd,
    Scheduler: ticks * PRICES.schedule.usd,
    'NAT gateways': zones * hoursPerMonth * PRICES.natHour.usd + (zones > 0 ? (ways * PRICES.natGb.usd) / GB : 0),
    'Public addresses': zones * hoursPerMonth * PRICES.addressHour.usd,
  };
}

/** How long a warm call is billed: WeChat's part, and ours at the function's share of a processor. */
export function callMs(memoryMiB: number, { callCpuMs }: Pick<Measured, 'callCpuMs'>): number {
  return ASSUMPTIONS.wechatMs + atShare(callCpuMs, memoryMiB);
}

/** What work takes that a whole processor does in `cpuMs`, at a function's share of one. */
export function atShare(cpuMs: number, memoryMiB: number): number {
  return (cpuMs * WHOLE_PROCESSOR_MIB) / Math.min(memoryMiB, WHOLE_PROCESSOR_MIB);
}

/** So many invocations of so many milliseconds. */
export function lambda(invocations: number, memoryMiB: number, ms: number): number {
  return invocations * (PRICES.lambdaRequest.usd + (memoryMiB / 1_024) * (ms / 1_000) * PRICES.lambdaGbSecond.usd);
}

/** What calls read and write: caches are read anew once in their life and counts written every few seconds, neither more often than there are calls. */
function table(calls: number, { readsPerCacheLife }: Measured): number {
  const { environmentsPerMillion, environmentsAtLeast, accounts, limitedCallers, hoursPerMonth } = ASSUMPTIONS;
  const environments = Math.max(environmentsAtLeast, (calls / 1e6) * environmentsPerMillion);
  const seconds = environments * hoursPerMonth * 3_600;
  const reads = Math.min(calls, seconds / ASSUMPTIONS.cacheLifeSeconds) * readsPerCacheLife;
  const written = (many: number): number => Math.min(calls, (seconds / ASSUMPTIONS.countingSeconds) * many);
  const writes = written(accounts) + written(limitedCallers);
  return reads * PRICES.tableRead.usd + writes * PRICES.tableWrite.usd;
}
