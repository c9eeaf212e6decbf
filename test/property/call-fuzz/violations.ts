import { parse as parseQuerystring } from 'node:querystring';
import { checkRequest } from '#shared/wechat/check-request.undici.ts';
import type { UpstreamRequest } from '#shared/wechat/wechat-api.ts';
import { SECRET_MARK } from './hostile-call.ts';

/** What a caller asked for, as API Gateway hands it over. */
export interface AskedCall {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: Uint8Array;
}

/** What went out, and where to. */
export interface SentCall {
  readonly origin: string;
  readonly request: UpstreamRequest;
}

/** What must hold of every call that goes out. */
export interface Rules {
  readonly origin: string;
  readonly token: string;
  readonly callerKey: string;
}

/** Written down once more, so that the code's own list is not its own judge. */
const GRANTED = /^\/(?:cgi-bin|wxa|device)\//i;
const CLOSED =
  /^\/(?:cgi-bin\/(?:token|stable_token|component|clear_quota\/v2|openapi\/rid\/get)|sns|gateway)(?:\/|$)/i;
const CREDENTIAL = /^(?:(?:cloudbase_|component_)?access_token|secret|appsecret)$/;
const HEADERS = /^(?:content-type|accept|accept-language|wechatmp-[a-z0-9-]+)$/;
const DEEPEST_ENCODING = 4;

/** Everything that is wrong with a call that was sent, one text each; none for a good one. */
export function violationsOf(asked: AskedCall, sent: SentCall, rules: Rules): readonly string[] {
  return [
    ...targetViolations(asked, sent, rules),
    ...queryViolations(asked.query, sent.request.query, rules.token),
    ...headerViolations(sent.request),
    ...contentViolations(asked, sent.request, rules),
  ];
}

function* targetViolations(asked: AskedCall, { origin, request }: SentCall, rules: Rules): Generator<string> {
  const url = new URL(`${origin}${request.path}?${request.query}`);
  if (origin !== rules.origin || url.origin !== rules.origin) yield `sent to ${origin}, read as ${url.origin}`;
  if (request.path !== asked.path) yield `asked for ${asked.path}, sent ${request.path}`;
  if (url.pathname !== request.path) yield `the path ${request.path} is read as ${url.pathname}`;
  if (!GRANTED.test(request.path)) yield `the path ${request.path} was not granted`;
  if (CLOSED.test(request.path)) yield `the path ${request.path} is never forwarded`;
  if (!/^[A-Za-z0-9_/.-]+$/.test(request.path) || request.path.includes('//')) yield `odd path ${request.path}`;
}

function* queryViolations(asked: string, sent: string, token: string): Generator<string> {
  const [first = '', ...kept] = sent.split('&');
  if (first !== `access_token=${token}`) yield `the query does not begin with our token: ${sent}`;
  const rest = kept.join('&');
  for (const name of credentialNames(rest)) yield `the query carries ${name} besides our token: ${rest}`;
  if (!isSubsequence(rest.split(/[&;]/), asked.split(/[&;]/))) yield `the query was changed: ${asked} into ${rest}`;
}

function* headerViolations({ headers }: UpstreamRequest): Generator<string> {
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'accept-encoding' ? value !== 'identity' : !HEADERS.test(name)) yield `the header ${name} was sent`;
  }
  if (headers['accept-encoding'] === undefined) yield 'no accept-encoding';
}

function* contentViolations(asked: AskedCall, request: UpstreamRequest, { callerKey }: Rules): Generator<string> {
  const head = JSON.stringify([request.path, request.query, request.headers]);
  if (head.includes(SECRET_MARK)) yield `a credential of the caller was sent: ${head}`;
  if (head.includes(callerKey)) yield `the caller key was sent: ${head}`;
  if (request.method !== asked.method) yield `asked for ${asked.method}, sent ${request.method}`;
  const body = asked.method === 'GET' ? '' : Buffer.from(asked.body).toString('hex');
  if (Buffer.from(request.body ?? []).toString('hex') !== body) yield 'the body was changed';
  try {
    checkRequest(request);
  } catch (error) {
    // undici's own refusal leaves a connection busy for ever: this must have been seen before.
    yield String(error);
  }
}

/**
 * The credential names that some server finds among a query's names: Node's two parsers, and PHP's manner (brackets, dots and spaces, an end
 * at NUL), after as many rounds of decoding as a chain of proxies may add. Values are not looked into: a URL in a value is data.
 */
export function credentialNames(query: string): readonly string[] {
  const names = query.split(/[&;]/).map((parameter) => parameter.split('=', 1)[0] ?? '');
  return names.flatMap((name) => decodings(name)).flatMap((text) => namesIn(text).filter(isCredential));
}

function decodings(text: string): readonly string[] {
  const found = [text];
  for (let depth = 0; depth < DEEPEST_ENCODING && found.at(-1)?.includes('%'); depth += 1) {
    found.push(decodedOnce(found.at(-1) ?? ''));
  }
  return found;
}

function decodedOnce(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString());
}

function namesIn(text: string): readonly string[] {
  const byNode = [...new URLSearchParams(text).keys(), ...Object.keys(parseQuerystring(text))];
  const byPhp = text.split(/[&;]/).map((part) => part.split(/[=[\0]/, 1)[0]?.replaceAll(/[ .+]/g, '_') ?? '');
  return [...byNode, ...byPhp, ...byPhp.map((name) => name.replaceAll(/^_+|_+$/g, ''))];
}

function isCredential(name: string): boolean {
  return CREDENTIAL.test(name.trim().replace(/\[.*$/s, '').replaceAll('\0', '').toLowerCase());
}

function isSubsequence(parts: readonly string[], whole: readonly string[]): boolean {
  if (parts.length === 1 && parts[0] === '') return true;
  let from = 0;
  return parts.every((part) => {
    const found = whole.indexOf(part, from);
    from = found + 1;
    return found !== -1;
  });
}
