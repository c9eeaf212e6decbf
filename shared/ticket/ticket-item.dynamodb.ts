import { type Item, numberOf, optionalNumberOf, optionalTextOf, textOf } from '../table/attributes.dynamodb.ts';
import { NO_TICKET_YET, type TicketFailure, type TicketState } from './ticket-state.ts';

/** @throws {MalformedItem} when the item is not what our own writes leave behind */
export function ticketStateOf(item: Item | undefined): TicketState {
  if (item === undefined) return NO_TICKET_YET;
  const value = optionalTextOf(item, 'ticketValue');
  return {
    ticket:
      value === undefined
        ? undefined
        : { value, sentAt: numberOf(item, 'sentAt'), expiresAt: numberOf(item, 'expiresAt') },
    renewAt: optionalNumberOf(item, 'renewAt') ?? 0,
    version: numberOf(item, 'ticketVersion'),
    leaseEnd: liveLeaseEndOf(item),
    cooldownEnd: optionalNumberOf(item, 'cooldownEnd') ?? 0,
    failure: item['failureCause'] === undefined ? undefined : failureOf(item),
    failureCount: optionalNumberOf(item, 'failureCount') ?? 0,
  };
}

function liveLeaseEndOf(item: Item): number {
  return textOf(item, 'leaseId') === optionalTextOf(item, 'doneLeaseId') ? 0 : numberOf(item, 'leaseEnd');
}

function failureOf(item: Item): TicketFailure {
  const errcode = optionalNumberOf(item, 'failureErrcode');
  return {
    cause: textOf(item, 'failureCause'),
    refused: errcode === undefined ? undefined : { errcode, errmsg: textOf(item, 'failureErrmsg') },
  };
}
