/** What the deployed API answered. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Readonly<Record<string, unknown>>;
}

/** How one call is made. */
export interface ApiCall {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * Calls the API at the URL that the stack's output names, by its host name and over TLS.
 * @throws {Error} for an answer that did not come through API Gateway, or without JSON
 */
export async function callApi(
  apiUrl: string,
  pathAndQuery: string,
  { headers = {}, body }: ApiCall = {},
): Promise<ApiAnswer> {
  const answer = await fetch(`${apiUrl}${pathAndQuery}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body }),
  });
  const text = await answer.text();
  if (!answer.headers.has('apigw-requestid')) throw new Error(`HTTP ${answer.status} came from no API Gateway`);
  try {
    return { status: answer.status, headers: answer.headers, json: JSON.parse(text) as ApiAnswer['json'] };
  } catch (error) {
    throw new Error(`HTTP ${answer.status} without JSON, ${text.length} characters`, { cause: error });
  }
}

/** @throws {Error} unless HTTP 200 with this errcode came, an absent one counting as 0 */
export function expectErrcode({ status, headers, json }: ApiAnswer, errcode: number): void {
  const { errcode: found = 0, errmsg = '' } = json;
  if (status === 200 && found === errcode) return;
  const cause = headers.get('x-gateway-error') ?? 'none of ours';
  throw new Error(`HTTP ${status}, errcode ${String(found)} ${String(errmsg)}, cause ${cause}; expected ${errcode}`);
}
