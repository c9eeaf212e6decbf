/** What an AWS client's error means, and what to do about it where that can be said; no full stop at either's end. */
export interface Trouble {
  readonly cause: string;
  readonly remedy: string | undefined;
}

const ADVICE: readonly (readonly [pattern: RegExp, cause: (message: string) => string, remedy: string])[] = [
  [
    /^CredentialsProviderError$/,
    () => 'There are no AWS credentials here',
    'sign in (aws sso login) or set AWS_PROFILE. For the local run, add --local',
  ],
  [/^(ExpiredToken|TokenExpired|RequestExpired)/, () => 'The AWS credentials have expired', 'sign in again'],
  [
    /^(UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|AuthFailure)/,
    () => 'AWS does not accept the credentials',
    'check AWS_PROFILE, and that they belong to this partition',
  ],
  [
    /^(AccessDenied|AccessDeniedException|UnauthorizedOperation)$/,
    (message) => `AWS denies this: ${message}`,
    "use credentials that have the operators' policy of this stage",
  ],
  [
    /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|TimeoutError|NetworkingError)$/,
    (message) => `The gateway's services cannot be reached (${message})`,
    'Local: is npm start still running? AWS: check network and region',
  ],
];

/** What an AWS client's error means and what to do. @returns `undefined` for an error that no AWS client has thrown */
export function awsTrouble(error: unknown): Trouble | undefined {
  if (!(error instanceof Error)) return undefined;
  const message = error.message.replaceAll(/\s+/g, ' ');
  if (message === 'Region is missing') {
    return { cause: 'There is no AWS region', remedy: 'name it with --region, or set AWS_REGION' };
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  for (const [pattern, cause, remedy] of ADVICE) {
    if (pattern.test(error.name) || pattern.test(code)) return { cause: cause(message || code), remedy };
  }
  return '$metadata' in error ? { cause: `AWS answered with ${error.name}: ${message}`, remedy: undefined } : undefined;
}

/** The same in one line. */
export function troubleText({ cause, remedy }: Trouble): string {
  return remedy === undefined ? cause : `${cause}: ${remedy}.`;
}
