import {
  type AttributeValue,
  BatchGetItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  type GetItemCommandOutput,
} from '@aws-sdk/client-dynamodb';

/** What BatchGetItem takes (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html). */
const MOST_KEYS = 100;

interface WaitingRead {
  readonly command: GetItemCommand;
  readonly resolve: (output: Pick<GetItemCommandOutput, 'Item'>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The same client, which reads items that are asked for in one turn together: one BatchGetItem in place of several GetItems, so that the first call of
 * an environment is one request and one connection. All of them are then read strongly consistent if one is. What the table leaves out of its answer
 * is asked for again by itself.
 *
 * Only for items of one table with text keys `pk` and `sk`; other commands pass through as they are.
 */
export function readTogether(client: DynamoDBClient): DynamoDBClient {
  let waiting: WaitingRead[] = [];

  const flush = (): void => {
    const reads = waiting;
    waiting = [];
    for (let from = 0; from < reads.length; from += MOST_KEYS)
      void readAll(client, reads.slice(from, from + MOST_KEYS));
  };
  const read = (command: GetItemCommand): Promise<Pick<GetItemCommandOutput, 'Item'>> =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) queueMicrotask(flush);
      waiting.push({ command, resolve, reject });
    });

  const together = Object.create(client) as DynamoDBClient;
  // The client's own type has a form for every command; all of them come here, and what is not for us goes on as it came.
  const send = client.send.bind(client) as (...command: readonly unknown[]) => Promise<unknown>;
  together.send = ((...command: readonly unknown[]) =>
    command.length === 1 && command[0] instanceof GetItemCommand
      ? read(command[0])
      : send(...command)) as DynamoDBClient['send'];
  return together;
}

async function readAll(client: DynamoDBClient, reads: readonly WaitingRead[]): Promise<void> {
  try {
    const items = reads.length === 1 ? new Map<string, Item | undefined>() : await readBatch(client, reads);
    for (const { command, resolve, reject } of reads) {
      const name = nameOf(command.input.Key ?? {});
      if (items.has(name)) resolve({ Item: items.get(name) });
      else client.send(command).then(resolve, reject);
    }
  } catch (error) {
    for (const { reject } of reads) reject(error);
  }
}

type Item = Record<string, AttributeValue>;

/** The items by the names of their keys, `undefined` for those that there are not; a name that is missing was left out by the table. */
async function readBatch(
  client: DynamoDBClient,
  reads: readonly WaitingRead[],
): Promise<ReadonlyMap<string, Item | undefined>> {
  const inputs = reads.map(({ command }) => command.input);
  const table = inputs[0]?.TableName ?? '';
  // A key may stand in a batch only once.
  const keys = new Map(inputs.map(({ Key = {} }) => [nameOf(Key), Key]));
  const ConsistentRead = inputs.some((input) => input.ConsistentRead === true);
  const { Responses = {}, UnprocessedKeys = {} } = await client.send(
    new BatchGetItemCommand({ RequestItems: { [table]: { Keys: [...keys.values()], ConsistentRead } } }),
  );
  const items = new Map<string, Item | undefined>([...keys.keys()].map((name) => [name, undefined]));
  for (const item of Responses[table] ?? []) items.set(nameOf(item), item);
  for (const key of UnprocessedKeys[table]?.Keys ?? []) items.delete(nameOf(key));
  return items;
}

function nameOf({ pk, sk }: Item): string {
  return JSON.stringify([pk?.S, sk?.S]);
}
