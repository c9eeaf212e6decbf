import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe } from 'vitest';
import { DYNAMODB_ENGINES, type DynamodbEngine } from '../dynamodb-engine.ts';

/** An engine with an empty table named {@link TABLE}, while the tests on it run. */
export interface EngineUnderTest extends Pick<DynamodbEngine, 'returnsOldItem'> {
  readonly endpoint: string;
  /** Shared by the tests; a test that cuts connections makes {@link clientOf} its own. */
  readonly client: DynamoDBClient;
}

/** The table's name in every engine. */
export const TABLE = 'gateway';

/** A client of an engine on this machine. */
export function clientOf(endpoint: string): DynamoDBClient {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return new DynamoDBClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 3 });
}

/**
 * Runs the same behaviour on every engine of DynamoDB, each time with a table of its own. Every store in the table has its contract in here.
 * Skipped for an engine that nobody installed.
 * @param behaviour declares the tests; the engine is there once they run
 */
export function onEveryEngine(behaviour: (engine: () => EngineUnderTest) => void): void {
  for (const engine of DYNAMODB_ENGINES) {
    describe.skipIf(!engine.isThere)(
      `on ${engine.name}${engine.isThere ? '' : ', which is not installed here'}`,
      () => {
        let running: (EngineUnderTest & { close(): Promise<void> }) | undefined;
        beforeAll(async () => {
          const server = await engine.start(TABLE);
          const { endpoint } = server;
          running = {
            endpoint,
            client: clientOf(endpoint),
            returnsOldItem: engine.returnsOldItem,
            close: () => server.close(),
          };
        });
        afterAll(async () => {
          running?.client.destroy();
          await running?.close();
        });
        behaviour(() => {
          if (running === undefined) throw new Error('the engine is there only while a test runs');
          return running;
        });
      },
    );
  }
}
