import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { readTogether } from '#shared/table/read-together.dynamodb.ts';
import { onEveryEngine, TABLE } from './every-engine.ts';

const keyOf = (name: string) => ({ pk: { S: `CALLER#${name}` }, sk: { S: 'CURRENT' } });
const get = (name: string, ConsistentRead = false, TableName = TABLE) =>
  new GetItemCommand({ TableName, Key: keyOf(name), ConsistentRead });

/** A client that notes what is sent, by the command's name; `answer` may change what comes back. */
function watched(client: DynamoDBClient, answer = (output: unknown) => output) {
  const sent: unknown[] = [];
  const watching = Object.create(client) as DynamoDBClient;
  watching.send = (async (command: { readonly input: unknown }) => {
    sent.push(command);
    return answer(await client.send(command as GetItemCommand));
  }) as DynamoDBClient['send'];
  const batches = () =>
    sent.flatMap((command) => (command instanceof BatchGetItemCommand ? [command.input.RequestItems?.[TABLE]] : []));
  return { client: readTogether(watching), sent, batches };
}

/** As a table that has no time for all keys. */
const leaveOneOut = (output: unknown) => {
  const { Responses, ...others } = output as { Responses?: BatchGetItemCommandInput['RequestItems'] };
  if (Responses === undefined) return output;
  const kept = { ...keyOf('kept'), callerName: { S: 'kept' } };
  return { ...others, Responses: { [TABLE]: [kept] }, UnprocessedKeys: { [TABLE]: { Keys: [keyOf('left')] } } };
};
const nameIn = ({ Item }: { Item?: Record<string, { S?: string | undefined }> | undefined }) => Item?.['callerName']?.S;

describe('items that are read together', () => {
  onEveryEngine((engine) => {
    const put = (name: string) =>
      engine().client.send(new PutItemCommand({ TableName: TABLE, Item: { ...keyOf(name), callerName: { S: name } } }));

    it('are one request when they are asked for in one turn, each with its own item or none', async () => {
      await put('one');
      await put('two');
      const { client, sent } = watched(engine().client);
      const found = await Promise.all(['one', 'nobody', 'two'].map((name) => client.send(get(name))));
      expect(found.map(nameIn)).toEqual(['one', undefined, 'two']);
      expect(sent).toHaveLength(1);
    });

    it('are asked for by themselves when nothing else is', async () => {
      await put('alone');
      const { client, sent } = watched(engine().client);
      expect(nameIn(await client.send(get('alone')))).toBe('alone');
      expect(nameIn(await client.send(get('alone')))).toBe('alone');
      expect(sent.map((command) => command instanceof GetItemCommand)).toEqual([true, true]);
    });

    it('are read consistently if one of them is to be', async () => {
      const { client, batches } = watched(engine().client);
      await Promise.all([client.send(get('one')), client.send(get('two', true))]);
      await Promise.all([client.send(get('one')), client.send(get('two'))]);
      expect(batches().map((batch) => batch?.ConsistentRead)).toEqual([true, false]);
    });

    it('stand in the request once, however often they are asked for', async () => {
      await put('twice');
      const { client, batches } = watched(engine().client);
      const found = await Promise.all([
        client.send(get('twice')),
        client.send(get('twice')),
        client.send(get('other')),
      ]);
      expect(found.map(nameIn)).toEqual(['twice', 'twice', undefined]);
      expect(batches().map((batch) => batch?.Keys?.length)).toEqual([2]);
    });

    it('are a hundred a request at most', async () => {
      const { client, batches } = watched(engine().client);
      await put('n150');
      const found = await Promise.all(Array.from({ length: 151 }, (_, n) => client.send(get(`n${n}`))));
      expect(found.flatMap((output, n) => (output.Item === undefined ? [] : [n]))).toEqual([150]);
      expect(batches().map((batch) => batch?.Keys?.length)).toEqual([100, 51]);
    });

    it('are asked for again by themselves when the table leaves them out', async () => {
      await put('left');
      await put('kept');
      const { client, sent } = watched(engine().client, leaveOneOut);
      const found = await Promise.all([client.send(get('left')), client.send(get('kept'))]);
      expect(found.map(nameIn)).toEqual(['left', 'kept']);
      expect(sent.map((command) => command instanceof BatchGetItemCommand)).toEqual([true, false]);
    });

    it('all fail when their request fails, and the next ones are read', async () => {
      await put('later');
      const { client } = watched(engine().client);
      const elsewhere = [client.send(get('one', false, 'Elsewhere')), client.send(get('two', false, 'Elsewhere'))];
      for (const outcome of await Promise.allSettled(elsewhere)) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(ResourceNotFoundException) });
      }
      expect(nameIn(await client.send(get('later')))).toBe('later');
    });

    it('leave other commands as they are', async () => {
      const { client, sent } = watched(engine().client);
      await client.send(new PutItemCommand({ TableName: TABLE, Item: keyOf('written') }));
      expect(sent).toHaveLength(1);
      expect(sent[0]).toBeInstanceOf(PutItemCommand);
    });
  });
});
