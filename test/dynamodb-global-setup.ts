import { CONTROL_VARIABLE } from './dynamodb-engine.ts';
import { startDynamodbLocalHost } from './dynamodb-local.ts';
import { lackForDynamodbLocal } from './dynamodb-local-lack.ts';

/**
 * Before a project's first test: starts the one process of DynamoDB Local that all test processes share, or says why the tests on it are skipped.
 * The project that comes second finds it running.
 * @returns what stops it after the whole run
 */
export default async function setUp(): Promise<(() => Promise<void>) | undefined> {
  if (process.env[CONTROL_VARIABLE] !== undefined) return undefined;
  const lack = lackForDynamodbLocal();
  if (lack !== undefined) {
    process.stderr.write(`SKIPPED: the tests on DynamoDB Local, because ${lack}.\n`);
    return undefined;
  }
  const host = await startDynamodbLocalHost();
  process.env[CONTROL_VARIABLE] = host.control;
  return () => host.stop();
}
