/** What goes out for a function's answer. */
export interface HttpAnswer {
  readonly status: number;
  /** Names and values in turn, as `ServerResponse.writeHead` takes them; without Content-Length. */
  readonly headers: string[];
  readonly body: Buffer | string;
}

/** An answer of payload format 2.0, checked as far as {@link toHttpAnswer} uses it. */
interface StructuredAnswer {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string | number | boolean>> | null;
  readonly cookies?: readonly string[] | null;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean | null;
}

/** Ours to set: they belong to the connection, not to the function. */
const CONNECTION_HEADERS = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding', 'upgrade']);

/**
 * Reads a function's answer in payload format 2.0; one without `statusCode` is taken as the JSON body of a 200. Base64 is decoded
 * whatever the type; each cookie becomes a set-cookie; header names keep their spelling.
 *
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 * @throws {Error} naming the field that API Gateway would refuse
 */
export function toHttpAnswer(answer: unknown): HttpAnswer {
  if (!hasStatusCode(answer)) {
    const body = typeof answer === 'string' ? answer : JSON.stringify(answer ?? null);
    return { status: 200, headers: ['content-type', 'application/json'], body };
  }
  checkAnswer(answer);
  const headers = flatHeaders(answer.headers ?? {});
  for (const cookie of answer.cookies ?? []) {
    headers.push('set-cookie', cookie);
  }
  const body = answer.body ?? '';
  return { status: answer.statusCode, headers, body: answer.isBase64Encoded === true ? decodeBase64(body) : body };
}

function hasStatusCode(answer: unknown): answer is { readonly statusCode: unknown } {
  return typeof answer === 'object' && answer !== null && 'statusCode' in answer;
}

function checkAnswer(answer: { readonly statusCode: unknown }): asserts answer is StructuredAnswer {
  // Every field is looked at below before anything uses it.
  const { statusCode, headers, cookies, body } = answer as { readonly [Field in keyof StructuredAnswer]: unknown };
  if (typeof statusCode !== 'number' || !Number.isInteger(statusCode) || statusCode < 200 || statusCode > 599) {
    throw invalid('statusCode must be an integer from 200 to 599');
  }
  if (headers !== undefined && headers !== null && !isRecordOfScalars(headers)) {
    throw invalid('headers must be an object of strings, numbers and booleans');
  }
  if (cookies !== undefined && cookies !== null && !isListOfStrings(cookies)) {
    throw invalid('cookies must be a list of strings');
  }
  if (body !== undefined && body !== null && typeof body !== 'string') {
    throw invalid('body must be a string: serialise it in the function');
  }
}

function isRecordOfScalars(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).every(isScalar);
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function isListOfStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

function flatHeaders(headers: Readonly<Record<string, string | number | boolean>>): string[] {
  const flat: string[] = [];
  let hasContentType = false;
  for (const name of Object.keys(headers)) {
    const lowerCase = name.toLowerCase();
    hasContentType ||= lowerCase === 'content-type';
    if (!CONNECTION_HEADERS.has(lowerCase)) {
      flat.push(name, String(headers[name]));
    }
  }
  if (!hasContentType) {
    flat.push('content-type', 'text/plain; charset=utf-8');
  }
  return flat;
}

function decodeBase64(body: string): Buffer {
  const decoded = Buffer.from(body, 'base64');
  const padding = body.endsWith('==') ? 2 : Number(body.endsWith('='));
  // Node skips what is not base64 instead of refusing it: then fewer bytes come out than went in.
  if (decoded.length !== Math.floor(((body.length - padding) * 3) / 4)) {
    throw invalid('body is not base64 although isBase64Encoded is true');
  }
  return decoded;
}

function invalid(what: string): Error {
  return new Error(`The function's answer is invalid, so API Gateway would answer 500: ${what}.`);
}
