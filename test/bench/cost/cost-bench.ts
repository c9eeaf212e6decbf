import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Alarm } from '#shared/alarm/alarm.ts';
import { ALARMS } from '#shared/alarm/alarm-catalogue.ts';
import { METRIC_UNITS } from '#shared/lambda/metric-names.ts';
import { MEMORY_SIZES_MIB } from '../../../infra/memory-sizes.ts';
import { type Bench, type BenchReport, BenchTrouble } from '../bench.ts';
import type { Cell, Table } from '../table.ts';
import {
  ASSUMPTIONS,
  atShare,
  type Bill,
  type BilledStage,
  callMs,
  type EgressKind,
  lambda,
  type Measured,
  monthlyCost,
} from './monthly-cost.ts';
import { PRICES, PRICES_AS_OF, PRICES_REGION } from './prices.ts';

const CALLS = [0, 1e6, 100e6];
const EGRESS: readonly EgressKind[] = ['none', 'nat, 1 zone', 'nat, 2 zones'];
const SIZES_MIB = [128, 256, 512, 1_024, 1_769];
/** With `alarmEmail`, so that the stack makes a topic with a key of its own. */
const KMS_KEYS = 2;

/** Dollars a month and per million calls, from published prices and what the other benches wrote. */
export const costBench: Bench = async ({ brief, results }) => {
  const option = brief ? ' --brief' : '';
  const call = figuresOf(results, 'call', option);
  const cold = figuresOf(results, 'cold', option);
  const growth = figuresOf(results, 'growth', option);
  const measured: Measured = {
    callCpuMs: call('cpuMsPerCall'),
    logBytesPerCall: growth('logBytesPerCall'),
    readsPerCacheLife: growth('readsPerEnvironment'),
    readsPerTick: growth('readsPerTick'),
    tickMs: growth('tickMs'),
  };
  const unconfirmed = Object.values(PRICES).filter(({ confirmedBy }) => confirmedBy === undefined);
  return {
    title: 'Money',
    tables: [
      totalsTable(measured),
      partsTable(measured),
      memoryTable(measured, cold('coldStartCpuMs'), cold('largeBodiesCpuMs')),
      pricesTable(),
    ],
    notes: [
      `US dollars a month in ${PRICES_REGION}, prices as of ${PRICES_AS_OF}, without free tiers and discounts. An existing VPC costs as none does, and what that VPC costs.`,
      `Assumed, since nothing here can measure it: ${Object.entries(ASSUMPTIONS)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ')}.`,
      `Not confirmed for this region by any copy of a published page, so to be checked: ${unconfirmed.map(({ per }) => per).join('; ')}.`,
    ],
    figures: {},
  };
};

/** @throws {BenchTrouble} saying which bench to run first */
function figuresOf(results: string, name: string, option: string): (figure: string) => number {
  const file = join(results, `${name}.json`);
  const first = `Costs are counted from it. First: npm run bench -- ${name}${option}`;
  if (!existsSync(file)) throw new BenchTrouble(`${file} is not there. ${first}`);
  // Written by the bench of that name.
  const { figures } = JSON.parse(readFileSync(file, 'utf8')) as Partial<BenchReport>;
  return (figure) => {
    const value = figures?.[figure];
    if (value === undefined) throw new BenchTrouble(`${file} is of another version. ${first}`);
    return value;
  };
}

function stageWith(egress: EgressKind): BilledStage {
  return {
    egress,
    callMemoryMiB: MEMORY_SIZES_MIB['call-wechat-api'],
    tickMemoryMiB: MEMORY_SIZES_MIB['refresh-access-token'],
    alarmMetrics: ALARMS.reduce((total, alarm) => total + metricsOf(alarm, egress), 0),
    customMetrics: Object.keys(METRIC_UNITS).length,
    kmsKeys: KMS_KEYS,
  };
}

/** How many metrics an alarm looks at. */
function metricsOf({ metric }: Alarm, egress: EgressKind): number {
  if (metric.source === 'gateway') return metric.per === undefined ? 1 : 2;
  if (metric.namespace !== 'AWS/NATGateway') return 1;
  return { none: 0, 'nat, 1 zone': 1, 'nat, 2 zones': 2 }[egress];
}

function totalsTable(measured: Measured): Table {
  const costOf = (calls: number, egress: EgressKind): number => sumOf(monthlyCost(calls, stageWith(egress), measured));
  const rows = EGRESS.map((egress): readonly Cell[] => {
    const idle = costOf(0, egress);
    const [million, hundred] = [costOf(1e6, egress), costOf(100e6, egress)];
    return [egress, idle, million, hundred, million - idle, (hundred - idle) / 100];
  });
  return {
    title: 'A month',
    columns: [
      'egress',
      'idle',
      '1 million calls',
      '100 million calls',
      'per million, at 1 million',
      'per million, at 100 million',
    ],
    rows,
  };
}

function partsTable(measured: Measured): Table {
  const bills = CALLS.map((calls) => monthlyCost(calls, stageWith('nat, 1 zone'), measured));
  const parts = Object.keys(bills[0] ?? {});
  return {
    title: 'By part, with nat in 1 zone',
    columns: ['part', 'idle', '1 million calls', '100 million calls'],
    rows: parts.map((part) => rowOf(part, bills)),
  };
}

function rowOf(part: string, bills: readonly Bill[]): readonly Cell[] {
  return [part, ...bills.map((bill) => bill[part] ?? 0)];
}

function memoryTable(measured: Measured, coldStartCpuMs: number, largeBodiesCpuMs: number): Table {
  return {
    title:
      'call-wechat-api at other sizes (times worked out from measured processor time and the share of a processor)',
    columns: [
      'MiB',
      'own part of a warm call, ms',
      'cold start, ms',
      '4 MB up and down, ms',
      'Lambda, $ per million calls',
    ],
    rows: SIZES_MIB.map((size) => [
      size,
      atShare(measured.callCpuMs, size),
      Math.round(atShare(coldStartCpuMs, size)),
      Math.round(atShare(largeBodiesCpuMs, size)),
      lambda(1e6, size, callMs(size, measured)),
    ]),
  };
}

function pricesTable(): Table {
  return {
    title: 'Prices',
    columns: ['per', '$', 'confirmed by'],
    rows: Object.values(PRICES).map(({ per, usd, confirmedBy }) => [per, String(usd), confirmedBy ?? 'not confirmed']),
  };
}

function sumOf(bill: Bill): number {
  return Object.values(bill).reduce((total, usd) => total + usd, 0);
}
