import { describe, expect, it } from 'vitest';
import { ticketTypeIn } from '#shared/ticket/ticket.ts';
import { renewAt, ticketCooldownEnd } from '#shared/ticket/ticket-rules.ts';
import { mayRenew, NO_TICKET_YET, usableTicket } from '#shared/ticket/ticket-state.ts';

const NOW = Date.UTC(2026, 10, 20, 4);
const ticket = { value: 'ticket', sentAt: NOW, expiresAt: NOW + 7_200_000 };
const state = { ...NO_TICKET_YET, ticket, renewAt: renewAt(ticket), version: 1 };

describe('a ticket', () => {
  it('works until its own end', () => {
    expect(usableTicket(state, ticket.expiresAt - 1)).toBe(ticket);
    expect(usableTicket(state, ticket.expiresAt)).toBeUndefined();
    expect(usableTicket(NO_TICKET_YET, NOW)).toBeUndefined();
  });

  it('is renewed in its last ten minutes', () => {
    const due = ticket.expiresAt - 600_000;
    expect(mayRenew(state, due - 1)).toBe(false);
    expect(mayRenew(state, due)).toBe(true);
  });

  it('is not renewed twice a minute, even if WeChat hands out one that is as good as over', () => {
    expect(renewAt({ sentAt: NOW, expiresAt: NOW + 300_000 })).toBe(NOW + 60_000);
  });

  it('is not asked for while somebody is at it or after a failure', () => {
    const due = ticket.expiresAt - 600_000;
    for (const pause of [{ leaseEnd: due + 100 }, { cooldownEnd: due + 100 }]) {
      expect(mayRenew({ ...state, ...pause }, due + 99)).toBe(false);
      expect(mayRenew({ ...state, ...pause }, due + 100)).toBe(true);
      expect(mayRenew({ ...NO_TICKET_YET, ...pause }, due + 99)).toBe(false);
    }
  });
});

describe('the cooldown after a failure', () => {
  it('doubles from one second to a minute, at least half of it for certain', () => {
    const pauses = [1, 2, 3, 6, 7, 8, 5_000].map((count) =>
      [0, 0.999_999].map((random) => ticketCooldownEnd(count, NOW, random) - NOW),
    );
    expect(pauses).toEqual([
      [500, 1_000],
      [1_000, 2_000],
      [2_000, 4_000],
      [16_000, 32_000],
      [30_000, 60_000],
      [30_000, 60_000],
      [30_000, 60_000],
    ]);
  });
});

describe('the type in a query', () => {
  it.each([
    ['type=jsapi', 'jsapi'],
    ['access_token=x&type=wx_card', 'wx_card'],
    ['type=sdk', undefined],
    ['type=JSAPI', undefined],
    ['type=', undefined],
    ['', undefined],
    ['type=jsapi&type=wx_card', undefined],
    ['type=toString', undefined],
  ])('%s is %s', (query, type) => {
    expect(ticketTypeIn(query)).toBe(type);
  });
});
