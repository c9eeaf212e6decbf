import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SNSClient } from '@aws-sdk/client-sns';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeOf } from '#shared/server-ips/announcement.ts';
import { createEventAnnouncer, EventNotTaken } from '#shared/server-ips/announcer.eventbridge.ts';
import { createTopicAnnouncer } from '#shared/server-ips/announcer.sns.ts';
import { type LoopbackServer, listenOnLoopback } from '../../infra/local/loopback-server.ts';

const change = changeOf('test', 'callback', {
  version: 2,
  ranges: { v4: ['106.55.206.212/32'], v6: [] },
  previous: { v4: ['106.55.206.211/32'], v6: [] },
  at: Date.UTC(2026, 10, 20),
  account: 'wx0123456789abcdef',
  reason: 'observed',
});

const json = (status: number, body: object) => ({
  status,
  type: 'application/x-amz-json-1.1',
  body: JSON.stringify(body),
});

describe('telling of a change', () => {
  let server: LoopbackServer;
  let bodies: string[];
  let answer: { readonly status: number; readonly type: string; readonly body: string };
  beforeEach(async () => {
    bodies = [];
    server = await listenOnLoopback(
      createServer((request, response) => {
        void text(request).then((body) => {
          bodies.push(body);
          return response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
        });
      }),
      0,
    );
  });
  afterEach(() => server.close());

  const client = () => ({
    region: 'ap-southeast-1',
    endpoint: server.endpoint,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  it('puts one event on the bus, with source, detail-type and the difference', async () => {
    answer = json(200, { FailedEntryCount: 0, Entries: [{ EventId: 'e1' }] });
    await createEventAnnouncer(new EventBridgeClient(client()), 'default').announce(change);
    expect(bodies).toHaveLength(1);
    const { Entries } = JSON.parse(bodies[0] ?? '') as { Entries: { Detail: string }[] };
    expect(Entries).toMatchObject([
      { EventBusName: 'default', Source: 'wechat-gateway', DetailType: 'Server IPs changed' },
    ]);
    expect(JSON.parse(Entries[0]?.Detail ?? '')).toMatchObject({
      schemaVersion: 1,
      stage: 'test',
      list: 'callback',
      version: 2,
      added: { v4: ['106.55.206.212/32'] },
      removed: { v4: ['106.55.206.211/32'] },
    });
  });

  it('fails when EventBridge takes the request and not the event', async () => {
    answer = json(200, { FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'x' }] });
    const told = createEventAnnouncer(new EventBridgeClient(client()), 'default').announce(change);
    await expect(told).rejects.toThrow(EventNotTaken);
  });

  it('fails when AWS does', async () => {
    answer = json(400, { __type: 'ThrottlingException', message: 'slow down' });
    const event = createEventAnnouncer(new EventBridgeClient(client()), 'default').announce(change);
    await expect(event).rejects.toThrow('slow down');
    const error = '<ErrorResponse><Error><Code>Throttled</Code><Message>slow down</Message></Error></ErrorResponse>';
    answer = { status: 400, type: 'text/xml', body: error };
    const message = createTopicAnnouncer(new SNSClient(client()), 'arn:aws:sns:a:1:t').announce(change);
    await expect(message).rejects.toThrow('slow down');
  });

  it('publishes one message for people to the topic', async () => {
    const body =
      '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>m1</MessageId></PublishResult></PublishResponse>';
    answer = { status: 200, type: 'text/xml', body };
    await createTopicAnnouncer(new SNSClient(client()), 'arn:aws:sns:ap-southeast-1:000000000000:alarms').announce(
      change,
    );
    expect(bodies).toHaveLength(1);
    const sent = new URLSearchParams(bodies[0]);
    expect(sent.get('TopicArn')).toBe('arn:aws:sns:ap-southeast-1:000000000000:alarms');
    expect(sent.get('Subject')).toBe('WeChat gateway test: callback IPs changed, version 2');
    expect(sent.get('Message')).toContain('Added: 1\n  106.55.206.212/32\nRemoved: 1\n  106.55.206.211/32\n');
  });
});
