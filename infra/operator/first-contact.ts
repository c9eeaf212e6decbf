import type { Caller } from '#shared/caller/caller.ts';
import { grantsPath } from '#shared/caller/grant.ts';
import type { Target } from './target.ts';

/** A call that changes nothing and that every account may make. */
const HARMLESS_PATH = '/cgi-bin/get_api_domain_ip';

/** What a new caller's people need: the two lines to change in an SDK, and a command that works as it stands. */
export interface FirstContact {
  readonly baseUrl: string;
  /** `null` while the caller may use no account, and where the gateway takes no key: nothing would work. */
  readonly curl: string | null;
  /** Whether the gateway takes signed requests only: then the caller's people need a role, and no line of an SDK helps. */
  readonly signedOnly: boolean;
}

/** @param callerKey the key itself, which is shown once: what this returns is as secret */
export function firstContact(
  caller: Caller,
  callerKey: string,
  { apiUrl, signedOnly = false }: Pick<Target, 'apiUrl' | 'signedOnly'>,
): FirstContact {
  const [appId] = caller.grants.map((grant) => grant.appId);
  if (appId === undefined || signedOnly) return { baseUrl: apiUrl, curl: null, signedOnly };
  // Whoever may use an account gets a gateway token for it, whatever else is granted.
  const curl = grantsPath(caller, appId, HARMLESS_PATH)
    ? `curl -H 'Authorization: Bearer ${callerKey}' -H 'X-WeChat-AppId: ${appId}' '${apiUrl}${HARMLESS_PATH}'`
    : `curl '${apiUrl}/cgi-bin/token?grant_type=client_credential&appid=${appId}&secret=${callerKey}'`;
  return { baseUrl: apiUrl, curl, signedOnly };
}

/** The same for people; holds the key. */
export function firstContactText(contact: FirstContact, callerId: string, callerKey: string): string {
  const { baseUrl, curl, signedOnly } = contact;
  if (signedOnly) return signedOnlyText(baseUrl, callerId, callerKey);
  const test =
    curl === null
      ? `It may use no account yet: "caller grant ${callerId} <appId> '/cgi-bin/*'" lets it.`
      : `Try it:\n\n  ${curl}`;
  return `Its caller key, shown this once and kept nowhere:

  ${callerKey}

The two lines to change in the app's SDK; the app ID and everything else stay:

  base URL  ${baseUrl}
  secret    ${callerKey}

${test}`;
}

function signedOnlyText(baseUrl: string, callerId: string, callerKey: string): string {
  return `Its caller key, shown this once and kept nowhere:

  ${callerKey}

This stage takes no caller keys, only requests signed by AWS credentials, which SDKs of WeChat cannot make. Let the app's role call as this caller:

  caller role add ${callerId} <the role's unique id>

It needs execute-api:Invoke on the output IamInvokeArn. The base URL for what it signs: ${baseUrl}`;
}
