import { createTableInput } from '#shared/table/table-definition.dynamodb.ts';
import { startEmbeddedDynamodb } from '../infra/local/embedded-dynamodb.ts';
import type { LoopbackServer } from '../infra/local/loopback-server.ts';
import { openDynamodbLocal } from './dynamodb-local.ts';

/** Set before the workers start, where DynamoDB Local runs: the address that opens databases in it. */
export const CONTROL_VARIABLE = 'DYNAMODB_LOCAL_CONTROL';
/** Set by a project of vitest.config.ts: the engine's name when it is not the embedded one. */
export const ENGINE_VARIABLE = 'TEST_DYNAMODB_ENGINE';

/** An implementation of DynamoDB that tests run on. */
export interface DynamodbEngine {
  readonly name: 'dynalite' | 'DynamoDB Local';
  /** False where nobody installed it: tests on it are skipped then. */
  readonly isThere: boolean;
  /** Runs in a process that is not the test's. */
  readonly isOutside: boolean;
  /** A failed condition brings the item as it stood, where it is asked to. Without that the stores read once more. */
  readonly returnsOldItem: boolean;
  /** An empty database with the one table, shared with nobody. */
  start(tableName: string): Promise<LoopbackServer>;
}

const EMBEDDED: DynamodbEngine = {
  name: 'dynalite',
  isThere: true,
  isOutside: false,
  returnsOldItem: false,
  start: (tableName) => startEmbeddedDynamodb({ table: createTableInput(tableName) }),
};

const AMAZONS: DynamodbEngine = {
  name: 'DynamoDB Local',
  isThere: process.env[CONTROL_VARIABLE] !== undefined,
  isOutside: true,
  returnsOldItem: true,
  async start(tableName) {
    const control = process.env[CONTROL_VARIABLE];
    if (control === undefined) throw new Error('DynamoDB Local does not run: test/dynamodb-global-setup.ts says why');
    return openDynamodbLocal(control, createTableInput(tableName));
  },
};

/** Every engine that the contract tests run on. */
export const DYNAMODB_ENGINES: readonly DynamodbEngine[] = [EMBEDDED, AMAZONS];

/** The engine of whatever does not run on all of them: which one is the project's choice. */
export const PROJECT_ENGINE: DynamodbEngine = process.env[ENGINE_VARIABLE] === AMAZONS.name ? AMAZONS : EMBEDDED;
