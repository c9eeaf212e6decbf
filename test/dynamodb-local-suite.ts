import type { TestProjectInlineConfiguration } from 'vitest/config';
import { ENGINE_VARIABLE } from './dynamodb-engine.ts';
import { lackForDynamodbLocal } from './dynamodb-local-lack.ts';

/** Files of the integration suite, by name without `.test.ts`, whose second run would cost time and show nothing new. */
const LEFT_OUT = [
  // Log lines, metrics and messages: the table plays no part in them.
  'alarm*',
  'call-line',
  // Programs of their own that bring the embedded engine with them.
  'start*',
  'outside-requests',
  // Command lines, the console, moto and nginx: what they do to the table is in the contract of its stores.
  'console*',
  'examine',
  'operator-*',
  'server-ips-operator',
  'server-ips-firewalls-*',
  'server-ips-nginx',
  // What WeChat answers, what callers may see and how bytes travel: the table plays no part in it.
  'app-secret-call*',
  'bytes',
  'canary',
  'failover',
  'faults-app-secret',
  'faults-bodies',
  'faults-hosts',
  'faults-refused-*',
  'faults-token-endpoint',
  'frozen-proxy',
  'iam-door',
  'js-signature',
  'keep-alive',
  'own-endpoints',
  'refresh-access-token-failures',
  'refresh-access-token-rejections',
  'refusals*',
  'rid-answers',
  'sdk-rows',
  'server-ips-served',
  'user-token',
  // A day of one caller's calls, a tick over 500 accounts, clocks that are corrected: long, and nothing in them races.
  'full-day',
  'faults-clock',
  'faults-many-accounts',
];

/** The integration suite once more, on DynamoDB Local; one skipped test where that is not installed. */
export function integrationOnDynamodbLocal(): TestProjectInlineConfiguration['test'] {
  if (lackForDynamodbLocal() !== undefined) return { include: ['test/dynamodb-local/not-installed.test.ts'] };
  return {
    include: ['test/integration/**/*.test.ts'],
    exclude: LEFT_OUT.map((name) => `test/integration/${name}.test.ts`),
    env: { [ENGINE_VARIABLE]: 'DynamoDB Local' },
  };
}
