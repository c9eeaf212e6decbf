import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Announcer } from './announcement.ts';
import { messageOf } from './change-message.ts';

/** An {@link Announcer} by one message to a topic (https://docs.aws.amazon.com/sns/latest/api/API_Publish.html). */
export function createTopicAnnouncer(client: SNSClient, topicArn: string): Announcer {
  return {
    async announce(change) {
      const { subject, body } = messageOf(change);
      await client.send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: body }));
    },
  };
}

/** The topic with this ARN, through the client of this environment's region. */
export function topicAnnouncerTo(topicArn: string): Announcer {
  return createTopicAnnouncer(new SNSClient(CLIENT_SETTINGS), topicArn);
}

const CLIENT_SETTINGS = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
} as const;
