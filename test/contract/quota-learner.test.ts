import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLambdaQuotaLearner } from '#shared/quota/quota-learner.lambda.ts';
import { type LambdaEndpoint, startLambdaEndpoint } from '../../infra/local/lambda-endpoint.ts';

const USER = '/cgi-bin/user/info';

let lambda: LambdaEndpoint;
const events: unknown[] = [];

beforeEach(async () => {
  events.length = 0;
  lambda = await startLambdaEndpoint({
    functions: [
      {
        name: 'sync-quotas',
        timeoutMs: 30_000,
        handler: (event) => {
          events.push(event);
          throw new Error('the function failed');
        },
      },
    ],
    onFunctionError: () => undefined,
  });
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', lambda.endpoint);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await lambda.close();
});

it('starts the function with account and endpoint, and does not hear what comes of it', async () => {
  await createLambdaQuotaLearner('sync-quotas').learn('wx1', USER);
  await lambda.close();
  expect(events).toEqual([{ learn: { appId: 'wx1', endpoint: USER } }]);
});

it('fails when the function is not there', async () => {
  const learning = createLambdaQuotaLearner('no-such-function').learn('wx1', USER);
  await expect(learning).rejects.toThrow(expect.objectContaining({ name: 'ResourceNotFoundException' }));
});
