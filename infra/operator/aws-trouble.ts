const ADVICE: readonly (readonly [pattern: RegExp, what: (message: string) => string])[] = [
  [
    /^CredentialsProviderError$/,
    () =>
      'There are no AWS credentials here: sign in (aws sso login) or set AWS_PROFILE. For the local run, add --local.',
  ],
  [/^(ExpiredToken|TokenExpired|RequestExpired)/, () => 'The AWS credentials have expired: sign in again.'],
  [
    /^(UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|AuthFailure)/,
    () => 'AWS does not accept the credentials: check AWS_PROFILE, and that they belong to this partition.',
  ],
  [/^(AccessDenied|AccessDeniedException|UnauthorizedOperation)$/, (message) => `AWS denies this: ${message}`],
  [
    /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|TimeoutError|NetworkingError)$/,
    (message) =>
      `The gateway's services cannot be reached (${message}). Local: is npm start still running? AWS: check network and region.`,
  ],
];

/** What an AWS client's error means and what to do, in one line. @returns `undefined` for an error that no AWS client has thrown */
export function awsTrouble(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const message = error.message.replaceAll(/\s+/g, ' ');
  if (message === 'Region is missing') return 'There is no AWS region: name it with --region, or set AWS_REGION.';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  for (const [pattern, what] of ADVICE)
    if (pattern.test(error.name) || pattern.test(code)) return what(message || code);
  return '$metadata' in error ? `AWS answered with ${error.name}: ${message}` : undefined;
}
