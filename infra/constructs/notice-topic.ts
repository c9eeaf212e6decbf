import { ArnFormat, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { type IRole, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

const KEY_ACTIONS_TO_PUBLISH = ['kms:Decrypt', 'kms:GenerateDataKey'];

/** Where messages to people go: a topic of the stack's own with one e-mail address, or one that exists already. */
export class NoticeTopic extends Construct {
  readonly topic: ITopic;
  private readonly key: Key | undefined;

  /** @param target an e-mail address, which has to confirm by a link in its first message; or the ARN of an existing topic */
  constructor(scope: Construct, id: string, target: { readonly email: string } | { readonly topicArn: string }) {
    super(scope, id);
    if ('topicArn' in target) {
      this.topic = Topic.fromTopicArn(this, 'Topic', target.topicArn);
      this.key = undefined;
      return;
    }
    // CloudWatch cannot use the key that AWS manages for SNS (Amazon SNS Developer Guide, "Managing encryption keys"). It encrypts what is on
    // its way, so nothing is lost with it.
    this.key = new Key(this, 'Key', { enableKeyRotation: true, removalPolicy: RemovalPolicy.DESTROY });
    this.topic = this.createTopic(this.key, target.email);
  }

  /** Lets a role send messages. For an existing topic that is encrypted with a key of one's own, that key's policy must allow it too. */
  grantPublish(role: IRole): void {
    role.addToPrincipalPolicy(new PolicyStatement({ actions: ['sns:Publish'], resources: [this.topic.topicArn] }));
    if (this.key === undefined) return;
    role.addToPrincipalPolicy(new PolicyStatement({ actions: KEY_ACTIONS_TO_PUBLISH, resources: [this.key.keyArn] }));
  }

  private createTopic(key: Key, email: string): Topic {
    const topic = new Topic(this, 'Topic', { displayName: 'WeChat gateway', masterKey: key, enforceSSL: true });
    topic.addSubscription(new EmailSubscription(email));
    const alarms = this.alarmsOfThisStacksAccount();
    key.addToResourcePolicy(new PolicyStatement({ ...alarms, actions: KEY_ACTIONS_TO_PUBLISH, resources: ['*'] }));
    topic.addToResourcePolicy(
      new PolicyStatement({ ...alarms, actions: ['sns:Publish'], resources: [topic.topicArn] }),
    );
    Validations.of(topic).acknowledge({
      id: 'Serverless-SNSRedrivePolicy',
      reason:
        'Its subscriber is a person: nobody would take an undelivered e-mail out of a queue, and the alarm itself stays in CloudWatch.',
    });
    return topic;
  }

  // Alarms send as a service, not by a role (Amazon CloudWatch User Guide, "Amazon SNS topics and alarms").
  private alarmsOfThisStacksAccount() {
    const stack = Stack.of(this);
    const alarms = stack.formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    return {
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account }, ArnLike: { 'aws:SourceArn': alarms } },
    };
  }
}
