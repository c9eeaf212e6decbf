import { expect, it } from 'vitest';
import { ASSUMPTIONS, atShare, type BilledStage, type Measured, monthlyCost } from '../bench/cost/monthly-cost.ts';
import { PRICES } from '../bench/cost/prices.ts';

const STAGE: BilledStage = {
  egress: 'none',
  callMemoryMiB: 512,
  tickMemoryMiB: 512,
  alarmMetrics: 50,
  customMetrics: 30,
  kmsKeys: 2,
};
const MEASURED: Measured = {
  callCpuMs: 0.5,
  logBytesPerCall: 1_000,
  readsPerCacheLife: 4,
  readsPerTick: 1,
  tickMs: 100,
};

it('an idle stage pays for what exists, for its ticks and for its refreshes, and for nothing that calls need', () => {
  const bill = monthlyCost(0, STAGE, MEASURED);
  expect(bill).toMatchObject({ 'API Gateway': 0, 'CloudWatch Logs': 0, 'Data to the internet': 0, 'NAT gateways': 0 });
  expect(bill['Alarms, metrics, dashboard']).toBeCloseTo(50 * 0.1 + 30 * 0.3 + 3);
  // 43,800 ticks of 100 ms at half a GB, and the price of the invocations.
  expect(bill['Lambda']).toBeCloseTo(43_800 * (0.05 * PRICES.lambdaGbSecond.usd + PRICES.lambdaRequest.usd));
});

it('a call is billed for the time that WeChat takes and for its own at its share of a processor', () => {
  expect(atShare(0.5, 512)).toBeCloseTo(1.73, 2);
  expect(atShare(0.5, 4_096)).toBe(0.5);
  const withCalls = monthlyCost(1e6, STAGE, MEASURED)['Lambda'] ?? 0;
  const idle = monthlyCost(0, STAGE, MEASURED)['Lambda'] ?? 0;
  expect(withCalls - idle).toBeCloseTo(
    1e6 * (0.5 * 0.251_73 * PRICES.lambdaGbSecond.usd + PRICES.lambdaRequest.usd),
    2,
  );
});

it('few calls read and write per call; many read and write per environment and time', () => {
  const tableOf = (calls: number): number => monthlyCost(calls, STAGE, MEASURED)['DynamoDB'] ?? 0;
  const perCall = MEASURED.readsPerCacheLife * PRICES.tableRead.usd + 2 * PRICES.tableWrite.usd;
  expect(tableOf(1_000) - tableOf(0)).toBeCloseTo(1_000 * perCall, 6);
  expect(tableOf(100e6) - tableOf(0)).toBeLessThan((100e6 * perCall) / 2);
});

it('each zone has a gateway and an address of its own; what goes through is paid for once', () => {
  const [one, two] = (['nat, 1 zone', 'nat, 2 zones'] as const).map((egress) =>
    monthlyCost(1e6, { ...STAGE, egress }, MEASURED),
  );
  const hours = ASSUMPTIONS.hoursPerMonth;
  expect((two?.['NAT gateways'] ?? 0) - (one?.['NAT gateways'] ?? 0)).toBeCloseTo(hours * PRICES.natHour.usd);
  expect(two?.['Public addresses']).toBeCloseTo(2 * hours * PRICES.addressHour.usd);
});
