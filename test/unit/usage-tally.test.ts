import { describe, expect, it } from 'vitest';
import { callsByEndpoint, type DayUsage, OTHER } from '#shared/usage/day-usage.ts';
import { endpointName } from '#shared/usage/endpoint-name.ts';
import { type Addition, createUsageTally } from '#shared/usage/usage-tally.ts';
import { listEndpoints } from '#shared/wechat/endpoints.ts';

const USER = '/cgi-bin/user/info';
const addition = (changes: Partial<Addition> = {}): Addition => ({
  caller: 'caller01',
  endpoint: USER,
  hour: 13,
  calls: 1,
  errors: 0,
  refused: 0,
  requestBytes: 10,
  answerBytes: 20,
  errcodes: {},
  refusals: {},
  ...changes,
});
const sum = (counts: Iterable<number>) => [...counts].reduce((total, count) => total + count, 0);
const calls = ({ rows }: DayUsage) => sum(rows.map((row) => row.calls));
const sorted = ({ rows, hours }: DayUsage) => ({
  rows: rows.toSorted((a, b) => a.caller.localeCompare(b.caller)),
  hours,
});

describe('the name that an endpoint is counted by', () => {
  it.each([
    [USER, USER],
    ['/CGI-bin/User/Info//', USER],
    ['/wxaapi/broadcast/goods/deleteinroom', '/wxaapi/broadcast/goods/deleteInRoom'],
    ['/cgi-bin/Not/Known/', '/cgi-bin/not/known'],
    [`/${'x'.repeat(500)}`, `/${'x'.repeat(99)}`],
  ])('%s: %s', (path, name) => {
    expect(endpointName(path)).toBe(name);
  });
});

describe("a tally of one account's day", () => {
  it('adds up by caller, endpoint and hour', () => {
    const tally = createUsageTally();
    tally.add(addition());
    tally.add(addition({ errors: 1, errcodes: { '40003': 1 }, hour: 14 }));
    tally.add(addition({ calls: 0, refused: 1, refusals: { 'endpoint-share': 1 }, requestBytes: 0, answerBytes: 0 }));
    tally.add(addition({ caller: 'caller02' }));
    expect(tally.usage()).toEqual({
      rows: [
        {
          caller: 'caller01',
          endpoint: USER,
          calls: 2,
          errors: 1,
          refused: 1,
          requestBytes: 20,
          answerBytes: 40,
          errcodes: { '40003': 1 },
          refusals: { 'endpoint-share': 1 },
        },
        expect.objectContaining({ caller: 'caller02', calls: 1 }),
      ],
      hours: {
        '13': { calls: 2, errors: 0, refused: 1, errcodes: {}, endpoints: { [USER]: 2 } },
        '14': { calls: 1, errors: 1, refused: 0, errcodes: { '40003': 1 }, endpoints: { [USER]: 1 } },
      },
    });
  });

  it('comes to the same when it is merged from parts', () => {
    const [whole, one, two, merged] = [createUsageTally(), createUsageTally(), createUsageTally(), createUsageTally()];
    for (let n = 0; n < 100; n += 1) {
      const added = addition({ caller: `caller0${n % 3}`, hour: n % 24, errors: n % 2, errcodes: { [n % 5]: 1 } });
      whole.add(added);
      (n % 2 === 0 ? one : two).add(added);
    }
    merged.merge(one.usage());
    merged.merge(two.usage());
    expect(sorted(merged.usage())).toEqual(sorted(whole.usage()));
  });

  it('is not changed by what is added later', () => {
    const tally = createUsageTally();
    tally.add(addition({ errcodes: { '40003': 1 } }));
    const before = tally.usage();
    const text = JSON.stringify(before);
    tally.add(addition({ errcodes: { '40003': 1 } }));
    expect(JSON.stringify(before)).toBe(text);
  });

  it('counts made-up paths under twenty names at most, and real ones by their own all the same', () => {
    const tally = createUsageTally();
    for (let n = 0; n < 1_000; n += 1) tally.add(addition({ endpoint: `/cgi-bin/made/up${n}` }));
    tally.add(addition());
    const counted = callsByEndpoint(tally.usage());
    expect(counted.size).toBe(22);
    expect(counted.get(OTHER)).toBe(980);
    expect(counted.get(USER)).toBe(1);
    const again = createUsageTally();
    again.merge(tally.usage());
    expect(callsByEndpoint(again.usage())).toEqual(counted);
  });

  it('loses no call and stays small, whoever calls whatever', () => {
    const tally = createUsageTally();
    const endpoints = listEndpoints().map(({ path }) => path);
    for (let n = 0; n < 60_000; n += 1) {
      const errors = { errors: 1, errcodes: { [String(n % 997)]: 1 } };
      tally.add(
        addition({
          caller: `caller${n % 300}`,
          endpoint: endpoints[n % endpoints.length] ?? '',
          hour: n % 24,
          ...errors,
        }),
      );
    }
    const usage = tally.usage();
    expect(calls(usage)).toBe(60_000);
    expect(sum(Object.values(usage.hours).flatMap(({ endpoints: counts }) => Object.values(counts)))).toBe(60_000);
    expect(sum(usage.rows.flatMap(({ errcodes }) => Object.values(errcodes)))).toBe(60_000);
    // DynamoDB takes items of up to 400 KB, and this one is compressed besides.
    expect(JSON.stringify(usage).length).toBeLessThan(800_000);
  });
});
