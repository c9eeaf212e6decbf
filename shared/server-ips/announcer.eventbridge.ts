import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { type Announcer, detailOf } from './announcement.ts';
import { EVENT } from './event-names.ts';

/** EventBridge took the request and not the event. */
export class EventNotTaken extends Error {
  override readonly name = 'EventNotTaken';
}

/** An {@link Announcer} by one event on a bus (https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html). */
export function createEventAnnouncer(client: EventBridgeClient, eventBusName: string): Announcer {
  return {
    async announce(change) {
      const Detail = JSON.stringify(detailOf(change));
      const { Entries } = await client.send(
        new PutEventsCommand({
          Entries: [{ EventBusName: eventBusName, Source: EVENT.source, DetailType: EVENT.detailType, Detail }],
        }),
      );
      const [entry] = Entries ?? [];
      if (entry?.EventId === undefined) throw new EventNotTaken(entry?.ErrorCode ?? 'no answer for the event');
    },
  };
}

/** The bus that a name or ARN means, through the client of this environment's region. */
export function eventAnnouncerOn(eventBusName: string): Announcer {
  return createEventAnnouncer(new EventBridgeClient(CLIENT_SETTINGS), eventBusName);
}

const CLIENT_SETTINGS = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
} as const;
