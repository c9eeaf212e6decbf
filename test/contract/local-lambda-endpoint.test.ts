import {
  InvokeCommand,
  LambdaClient,
  RequestTooLargeException,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import type { Context } from 'aws-lambda';
import { afterEach, expect, it, vi } from 'vitest';
import { type LambdaEndpoint, startLambdaEndpoint } from '../../infra/local/lambda-endpoint.ts';
import type { LocalFunction } from '../../infra/local/local-function.ts';

const cleanups: (() => void | Promise<void>)[] = [];
const onFunctionError = vi.fn<(name: string, error: unknown) => void>();

afterEach(async () => {
  onFunctionError.mockReset();
  await Promise.all(cleanups.splice(0).map(async (clean) => clean()));
});

async function start(
  handler: LocalFunction['handler'],
  timeoutMs = 30_000,
): Promise<{ endpoint: LambdaEndpoint; client: LambdaClient }> {
  const endpoint = await startLambdaEndpoint({ functions: [{ name: 'refresh', timeoutMs, handler }], onFunctionError });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new LambdaClient({ endpoint: endpoint.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  cleanups.push(
    () => client.destroy(),
    () => endpoint.close(),
  );
  return { endpoint, client };
}

const invocation = (event: unknown, type: 'RequestResponse' | 'Event' | 'DryRun' = 'RequestResponse') =>
  new InvokeCommand({ FunctionName: 'refresh', InvocationType: type, Payload: JSON.stringify(event) });

it('hands over event and context and brings back the answer', async () => {
  const { endpoint, client } = await start((event, context: Context) => ({
    event,
    name: context.functionName,
    id: context.awsRequestId,
    remainingMs: context.getRemainingTimeInMillis(),
  }));
  const answer = await client.send(invocation({ appId: 'wx1', note: '你好' }));
  const payload = JSON.parse(answer.Payload?.transformToString() ?? '');
  expect(answer.StatusCode).toBe(200);
  expect(answer.FunctionError).toBeUndefined();
  expect(payload).toMatchObject({ event: { appId: 'wx1', note: '你好' }, name: 'refresh' });
  expect(payload.id).toMatch(/^[0-9a-f-]{36}$/);
  expect(payload.remainingMs).toBeLessThanOrEqual(30_000);
  expect(endpoint.invocations('refresh')).toBe(1);
  expect(endpoint.invocations('another')).toBe(0);
});

it('answers null for a function that returns nothing, and gives it {} for no payload', async () => {
  const events: unknown[] = [];
  const { client } = await start((event) => void events.push(event));
  const answer = await client.send(new InvokeCommand({ FunctionName: 'refresh' }));
  expect(answer.Payload?.transformToString()).toBe('null');
  expect(events).toEqual([{}]);
});

it('reports a thrown error as Lambda does, and tells the callback', async () => {
  const { client } = await start(() => {
    throw new RangeError('no such account');
  });
  const answer = await client.send(invocation({}));
  expect(answer.StatusCode).toBe(200);
  expect(answer.FunctionError).toBe('Unhandled');
  const payload = JSON.parse(answer.Payload?.transformToString() ?? '');
  expect(payload).toMatchObject({ errorType: 'RangeError', errorMessage: 'no such account' });
  expect(onFunctionError).toHaveBeenCalledExactlyOnceWith('refresh', expect.any(RangeError));
});

it('ends a function at its timeout, in Lambda’s words', async () => {
  const { client } = await start(() => new Promise(() => {}), 20);
  const answer = await client.send(invocation({}));
  const payload = JSON.parse(answer.Payload?.transformToString() ?? '');
  expect(answer.FunctionError).toBe('Unhandled');
  expect(payload.errorType).toBe('Sandbox.Timedout');
  expect(payload.errorMessage).toMatch(/^RequestId: [0-9a-f-]{36} Error: Task timed out after 0\.02 seconds$/);
});

it('answers an asynchronous invocation before the function is done, and waits for it when closing', async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  let isDone = false;
  const { endpoint, client } = await start(async () => {
    await released;
    isDone = true;
  });
  const answer = await client.send(invocation({}, 'Event'));
  expect(answer.StatusCode).toBe(202);
  expect(isDone).toBe(false);
  const closing = endpoint.close(30_000);
  release();
  await closing;
  expect(isDone).toBe(true);
});

it('tells the callback when an asynchronous invocation fails', async () => {
  const { endpoint, client } = await start(() => Promise.reject(new Error('lost')));
  await client.send(invocation({}, 'Event'));
  await endpoint.close();
  expect(onFunctionError).toHaveBeenCalledExactlyOnceWith('refresh', expect.objectContaining({ message: 'lost' }));
});

it('does not start the function for a dry run', async () => {
  const { endpoint, client } = await start(() => undefined);
  expect((await client.send(invocation({}, 'DryRun'))).StatusCode).toBe(204);
  expect(endpoint.invocations('refresh')).toBe(0);
});

it('does not know other functions', async () => {
  const { client } = await start(() => undefined);
  const unknown = new InvokeCommand({ FunctionName: 'missing', Payload: '{}' });
  await expect(client.send(unknown)).rejects.toBeInstanceOf(ResourceNotFoundException);
  await expect(client.send(unknown)).rejects.toThrow('function:missing');
});

it('refuses a payload that is not JSON without quoting it', async () => {
  const { client } = await start(() => undefined);
  const invalid = client.send(new InvokeCommand({ FunctionName: 'refresh', Payload: '{"secret":"canary' }));
  await expect(invalid).rejects.toMatchObject({ name: 'InvalidRequestContentException' });
  await expect(invalid).rejects.not.toMatchObject({ message: expect.stringContaining('canary') });
});

it('takes an event of 6,291,556 bytes and refuses one more', async () => {
  const { client } = await start((event) => String(event).length);
  const largest = 'x'.repeat(6_291_556 - 2);
  expect((await client.send(invocation(largest))).Payload?.transformToString()).toBe('6291554');
  await expect(client.send(invocation(`${largest}x`))).rejects.toBeInstanceOf(RequestTooLargeException);
});

it('brings back 6,291,556 bytes and makes a function error of one more', async () => {
  const { client } = await start((event) => 'x'.repeat(Number(event)));
  const largest = await client.send(invocation(6_291_554));
  expect(largest.FunctionError).toBeUndefined();
  expect(largest.Payload).toHaveLength(6_291_556);
  const tooLarge = await client.send(invocation(6_291_555));
  expect(tooLarge.Payload?.transformToString()).toContain('Function.ResponseSizeTooLarge');
});

it('makes a function error of an answer that is no JSON', async () => {
  const { client } = await start(() => ({ count: 1n }));
  const answer = await client.send(invocation({}));
  expect(answer.FunctionError).toBe('Unhandled');
  expect(answer.Payload?.transformToString()).toContain('Unable to stringify response body');
});
