const TICKET_TYPES = ['jsapi', 'wx_card'] as const;

/**
 * The JS-SDK tickets, as `type` names them on the wire: `jsapi` signs pages, `wx_card` signs cards (doc/service/guide/h5/jssdk.html, appendix 1
 * and 4).
 */
export type TicketType = (typeof TICKET_TYPES)[number];

/** What WeChat issued for one account and type. */
export interface Ticket {
  /** The secret itself: 1 to 1024 printable characters. */
  readonly value: string;
  /** When the call that brought it was put on the wire, epoch milliseconds. */
  readonly sentAt: number;
  /** `sentAt` + WeChat's `expires_in`, epoch milliseconds: never later than the truth. */
  readonly expiresAt: number;
}

/** Which ticket it is. */
export interface TicketName {
  readonly appId: string;
  readonly type: TicketType;
}

/** The type that a query asks for; `undefined` when it names none of {@link TicketType}, or several. */
export function ticketTypeIn(query: string): TicketType | undefined {
  const [text, ...others] = new URLSearchParams(query).getAll('type');
  return others.length > 0 ? undefined : TICKET_TYPES.find((type) => type === text);
}
