/**
 * The largest event and the largest answer of a synchronous invocation, base64 included, as JSON in UTF-8. Lambda documents it as 6 MB;
 * this is the figure in its error texts.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const MAX_LAMBDA_PAYLOAD_BYTES = 6_291_556;

/** JSON writes one byte as at most six (`\u0000`), and everything beside a body fits into the rest. */
const CERTAINLY_FITS_CHARACTERS = 1_000_000;

/**
 * Whether an HTTP event or answer is more than Lambda takes, {@link MAX_LAMBDA_PAYLOAD_BYTES}. Small ones, that is nearly all, are not
 * serialised to find out; a base64 body is never serialised.
 */
export function exceedsLambdaPayload(message: {
  readonly body?: string | null | undefined;
  readonly isBase64Encoded?: boolean | undefined;
}): boolean {
  const body = message.body ?? '';
  if (body.length <= CERTAINLY_FITS_CHARACTERS) {
    return false;
  }
  if (!message.isBase64Encoded) {
    return Buffer.byteLength(JSON.stringify(message)) > MAX_LAMBDA_PAYLOAD_BYTES;
  }
  const aroundBody = Buffer.byteLength(JSON.stringify({ ...message, body: '' }));
  return aroundBody + body.length > MAX_LAMBDA_PAYLOAD_BYTES;
}
