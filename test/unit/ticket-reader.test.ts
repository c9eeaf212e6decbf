import { describe, expect, it } from 'vitest';
import type { TicketName } from '#shared/ticket/ticket.ts';
import { createTicketReader } from '#shared/ticket/ticket-reader.ts';
import { NO_TICKET_YET, type TicketState } from '#shared/ticket/ticket-state.ts';
import { createMovableClock } from '../movable-clock.ts';

const LIFE_MS = 7_200_000;

function startReader() {
  const clock = createMovableClock();
  const stored = new Map<string, TicketState>();
  const stale: string[] = [];
  const table = { reads: 0, away: false };
  const read = async ({ appId }: TicketName) => {
    table.reads += 1;
    if (table.away) throw new Error('the table is away');
    return stored.get(appId) ?? NO_TICKET_YET;
  };
  const reader = createTicketReader({
    tickets: { read, glance: read },
    clock,
    random: () => 0.5,
    onStale: (appId) => void stale.push(appId),
  });
  const stateOf = (version: number): TicketState => {
    const ticket = { value: `ticket-${version}`, sentAt: clock.now(), expiresAt: clock.now() + LIFE_MS };
    return { ...NO_TICKET_YET, ticket, renewAt: ticket.expiresAt, version };
  };
  return { clock, stored, stale, table, reader, stateOf };
}

const nameOf = (appId: string): TicketName => ({ appId, type: 'jsapi' });
const name = nameOf('wx1');

describe('the reader of tickets', () => {
  it('reads once for many at once, and again after 45 s', async () => {
    const { clock, stored, table, reader, stateOf } = startReader();
    stored.set('wx1', stateOf(1));
    await Promise.all(Array.from({ length: 10 }, () => reader.get(name)));
    await clock.advance(44_999);
    expect((await reader.get(name)).version).toBe(1);
    expect(table.reads).toBe(1);
    await clock.advance(1);
    await reader.get(name);
    expect(table.reads).toBe(2);
  });

  it('keeps nothing that is no ticket to use', async () => {
    const { table, reader } = startReader();
    await reader.get(name);
    await reader.get(name);
    expect(table.reads).toBe(2);
  });

  it('does not go back to an older version', async () => {
    const { clock, stored, reader, stateOf } = startReader();
    stored.set('wx1', stateOf(1));
    reader.learn(name, stateOf(2));
    reader.learn(name, stateOf(1));
    expect((await reader.get(name)).version).toBe(2);
    await clock.advance(44_999);
    expect((await reader.get(name)).version).toBe(2);
  });

  it('serves memory to the end of the ticket while the table is away, and says so once per read', async () => {
    const { clock, stored, stale, table, reader, stateOf } = startReader();
    stored.set('wx1', stateOf(1));
    await reader.get(name);
    table.away = true;
    await clock.advance(45_000);
    await reader.get(name);
    await reader.get(name);
    expect(stale).toEqual(['wx1']);
    await clock.advance(LIFE_MS - 45_000);
    await expect(reader.get(name)).rejects.toThrow('away');
  });

  it('holds a thousand tickets and forgets the oldest first', async () => {
    const { stored, table, reader, stateOf } = startReader();
    for (let account = 0; account <= 1_000; account += 1) reader.learn(nameOf(`wx${account}`), stateOf(1));
    await reader.get(nameOf('wx1'));
    await reader.get(nameOf('wx1000'));
    expect(table.reads).toBe(0);
    stored.set('wx0', stateOf(1));
    await reader.get(nameOf('wx0'));
    expect(table.reads).toBe(1);
  });
});
