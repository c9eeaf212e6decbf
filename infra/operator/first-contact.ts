import type { Caller } from '#shared/caller/caller.ts';
import { grantsPath } from '#shared/caller/grant.ts';

/** A call that changes nothing and that every account may make. */
const HARMLESS_PATH = '/cgi-bin/get_api_domain_ip';

/** What a new caller's people need: the two lines to change in an SDK, and a command that works as it stands. */
export interface FirstContact {
  readonly baseUrl: string;
  /** `null` while the caller may use no account: nothing would work. */
  readonly curl: string | null;
}

/** @param callerKey the key itself, which is shown once: what this returns is as secret */
export function firstContact(caller: Caller, callerKey: string, apiUrl: string): FirstContact {
  const [appId] = caller.grants.map((grant) => grant.appId);
  if (appId === undefined) return { baseUrl: apiUrl, curl: null };
  // Whoever may use an account gets a gateway token for it, whatever else is granted.
  const curl = grantsPath(caller, appId, HARMLESS_PATH)
    ? `curl -H 'Authorization: Bearer ${callerKey}' -H 'X-WeChat-AppId: ${appId}' '${apiUrl}${HARMLESS_PATH}'`
    : `curl '${apiUrl}/cgi-bin/token?grant_type=client_credential&appid=${appId}&secret=${callerKey}'`;
  return { baseUrl: apiUrl, curl };
}

/** The same for people; holds the key. */
export function firstContactText({ baseUrl, curl }: FirstContact, callerId: string, callerKey: string): string {
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
