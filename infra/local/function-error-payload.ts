/**
 * What Lambda's Node.js runtime puts into the payload of a failed invocation: `{ errorType, errorMessage, trace }` as JSON. Thrown
 * values that are no errors have their JavaScript type as `errorType`.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
 */
export function functionErrorPayload(error: unknown): string {
  if (error instanceof Error) {
    const trace = error.stack?.split('\n') ?? [];
    return JSON.stringify({ errorType: error.name, errorMessage: error.message, trace });
  }
  return JSON.stringify({ errorType: typeof error, errorMessage: String(error), trace: [] });
}
