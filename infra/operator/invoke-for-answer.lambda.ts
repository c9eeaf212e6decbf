import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { OperatorFailure } from './operator-failure.ts';

const LONGEST_MESSAGE = 300;

const thrown = v.object({ errorType: v.optional(v.string(), 'Error'), errorMessage: v.optional(v.string(), '') });

/**
 * Runs a function and reads its answer (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html).
 * @throws {OperatorFailure} when the function failed or answers otherwise, and the client's error when it could not be run
 */
export async function invokeForAnswer<Schema extends v.GenericSchema>(
  client: LambdaClient,
  functionName: string,
  event: object,
  schema: Schema,
): Promise<v.InferOutput<Schema>> {
  const { Payload, FunctionError } = await client.send(
    new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(event)) }),
  );
  const content: unknown = JSON.parse(Buffer.from(Payload ?? []).toString() || 'null');
  if (FunctionError !== undefined) throw functionFailure(functionName, content);
  const parsed = v.safeParse(schema, content);
  if (parsed.success) return parsed.output;
  throw new OperatorFailure(`${functionName} answers in another version's form: deploy the stack with this version.`);
}

function functionFailure(functionName: string, content: unknown): OperatorFailure {
  const { errorType, errorMessage } = v.parse(v.fallback(thrown, { errorType: 'Error', errorMessage: '' }), content);
  const message = errorMessage.replaceAll(/\s+/g, ' ').slice(0, LONGEST_MESSAGE);
  return new OperatorFailure(`${functionName} failed with ${errorType}: ${message}. Its log says more.`);
}
