import { describe, expect, it } from 'vitest';
import { createHealth } from '#shared/own-endpoint/health.ts';
import { createMovableClock } from '../movable-clock.ts';

const createTable = () => {
  const table = { reads: 0, failing: false };
  const glance = async () => {
    table.reads += 1;
    if (table.failing) throw new Error('the table is away');
    return undefined;
  };
  return { table, glance };
};

/** What needs more than a table is tested with all of the gateway around it, in test/integration. */
describe('the health of a gateway', () => {
  it('is asked of the table once in 10 s, by however many', async () => {
    const clock = createMovableClock();
    const { table, glance } = createTable();
    const health = createHealth({ tokens: { glance }, clock });
    await Promise.all(Array.from({ length: 100 }, health));
    await clock.advance(9_999);
    await health();
    expect(table.reads).toBe(1);
    await clock.advance(1);
    await health();
    expect(table.reads).toBe(2);
  });

  it('is bad for 10 s after a failed look, and then good again', async () => {
    const clock = createMovableClock();
    const { table, glance } = createTable();
    const health = createHealth({ tokens: { glance }, clock });
    table.failing = true;
    expect(await health()).toMatchObject({ statusCode: 503, body: '{"status":"table-unreachable"}' });
    table.failing = false;
    expect(await health()).toMatchObject({ statusCode: 503 });
    await clock.advance(10_000);
    expect(await health()).toMatchObject({ statusCode: 200, body: '{"status":"ok"}' });
  });

  it('says nothing of why the table does not answer', async () => {
    const { table, glance } = createTable();
    table.failing = true;
    const { body } = await createHealth({ tokens: { glance }, clock: createMovableClock() })();
    expect(body).not.toContain('away');
  });
});
