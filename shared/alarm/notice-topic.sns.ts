import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { NoticeTopic } from './notice-topic.ts';

/** {@link NoticeTopic} by one message to an SNS topic (https://docs.aws.amazon.com/sns/latest/api/API_Publish.html). */
export function createSnsNoticeTopic(client: SNSClient, topicArn: string): NoticeTopic {
  return {
    async publish({ subject, text }) {
      await client.send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: text }));
    },
  };
}
