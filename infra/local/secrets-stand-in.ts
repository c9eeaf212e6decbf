import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as v from 'valibot';
import type { Clock } from '#shared/clock.ts';
import { type LoopbackServer, listenOnLoopback } from './loopback-server.ts';
import { readBody } from './read-body.ts';
import { SecretFault } from './secret-fault.ts';
import { SecretFile } from './secret-file.ts';
import { type SecretOperation, secretRequestSchemas } from './secret-requests.ts';
import { SecretVault } from './secret-vault.ts';

/** How to start {@link startSecretsStandIn}. */
export interface SecretsStandInSettings {
  /** Recovery windows end on it. */
  readonly clock: Clock;
  /** 0, the default, picks a free one. */
  readonly port?: number;
  /** Secrets are kept in `<dataDir>/secrets/secrets.json`, mode 0600. Absent keeps them in memory. */
  readonly dataDir?: string;
}

/** Secrets Manager on this machine. */
export interface SecretsStandIn extends LoopbackServer {
  /** From now on every request is answered with this status. The SDK retries 429 and 5xx. */
  failWith(status: number): void;
  /** Ends {@link failWith}. */
  recover(): void;
}

interface WireAnswer {
  readonly status: number;
  readonly body: object;
}

const MAX_REQUEST_BYTES = 1_048_576;

/**
 * Speaks Secrets Manager's JSON 1.1 to the SDK's client, as far as {@link secretRequestSchemas} goes. It checks no signature and knows no
 * permissions: which function may read a secret is shown on the stack, not here.
 *
 * Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/Welcome.html
 * @throws {Error} when the port is taken or the file is damaged
 */
export async function startSecretsStandIn(settings: SecretsStandInSettings): Promise<SecretsStandIn> {
  const file = settings.dataDir === undefined ? undefined : new SecretFile(settings.dataDir);
  const vault = new SecretVault(settings.clock, file?.load() ?? [], (secrets) => file?.save(secrets));
  let failure: number | undefined;
  const server = createServer((request, response) => {
    void answerRequest(request, response, (target, text) =>
      failure === undefined ? answer(vault, target, text) : scriptedFailure(failure),
    );
  });
  const listening = await listenOnLoopback(server, settings.port ?? 0);
  return {
    ...listening,
    failWith: (status) => {
      failure = status;
    },
    recover: () => {
      failure = undefined;
    },
  };
}

async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  answerTo: (target: string, text: string) => WireAnswer,
): Promise<void> {
  const received = await readBody(request, MAX_REQUEST_BYTES);
  if (received === 'aborted') {
    return;
  }
  const { status, body } =
    received === 'too-large'
      ? fault('InvalidParameterException', `The request is over ${MAX_REQUEST_BYTES} bytes.`)
      : answerTo(String(request.headers['x-amz-target']), received.toString());
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
}

function answer(vault: SecretVault, target: string, text: string): WireAnswer {
  try {
    return { status: 200, body: call(vault, target.replace(/^secretsmanager\./, ''), parseJson(text)) };
  } catch (error) {
    // Refusals are ordinary answers; anything else, such as a full disk, is what the service reports as its own failure.
    return error instanceof SecretFault
      ? fault(error.type, error.message)
      : { ...fault('InternalServiceError', String(error)), status: 500 };
  }
}

function call(vault: SecretVault, operation: string, input: unknown): object {
  if (!isOperation(operation)) {
    const known = Object.keys(secretRequestSchemas).join(', ');
    throw new SecretFault('UnknownOperationException', `The local stand-in has no ${operation}; it has ${known}.`);
  }
  switch (operation) {
    case 'CreateSecret':
      return vault.createSecret(parse(secretRequestSchemas.CreateSecret, input));
    case 'GetSecretValue':
      return vault.getSecretValue(parse(secretRequestSchemas.GetSecretValue, input));
    case 'PutSecretValue':
      return vault.putSecretValue(parse(secretRequestSchemas.PutSecretValue, input));
    case 'UpdateSecret':
      return vault.updateSecret(parse(secretRequestSchemas.UpdateSecret, input));
    case 'DescribeSecret':
      return vault.describeSecret(parse(secretRequestSchemas.DescribeSecret, input));
    case 'DeleteSecret':
      return vault.deleteSecret(parse(secretRequestSchemas.DeleteSecret, input));
    case 'RestoreSecret':
      return vault.restoreSecret(parse(secretRequestSchemas.RestoreSecret, input));
    case 'ListSecrets':
      return vault.listSecrets(parse(secretRequestSchemas.ListSecrets, input));
  }
}

function isOperation(operation: string): operation is SecretOperation {
  return Object.hasOwn(secretRequestSchemas, operation);
}

function parse<Schema extends v.GenericSchema>(schema: Schema, input: unknown): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, input);
  if (!parsed.success) {
    // Names the field only: the issue's own message quotes what was received.
    const field = parsed.issues[0] && v.getDotPath(parsed.issues[0]);
    throw new SecretFault('InvalidParameterException', `The parameter ${field ?? '(body)'} is missing or invalid.`);
  }
  return parsed.output;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text, that is a secret; undefined fails every schema.
    return undefined;
  }
}

function fault(type: string, message: string): WireAnswer {
  return { status: 400, body: { __type: type, Message: message } };
}

function scriptedFailure(status: number): WireAnswer {
  const type =
    status >= 500 ? 'InternalServiceError' : status === 429 ? 'ThrottlingException' : 'AccessDeniedException';
  return { ...fault(type, `Scripted failure, HTTP ${status}.`), status };
}
