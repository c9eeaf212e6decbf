import { fingerprintOf } from '#shared/access-token/access-token.ts';
import { createCallerKey } from '#shared/caller/caller-key.ts';
import { expectErrcode, fieldsOf } from './answer-fields.ts';
import type { CheckContext, CheckStep } from './check-step.ts';
import { FIRST_CALL_PATH } from './first-call.ts';

/** The endpoint whose answer holds the real token. */
export const TOKEN_PATH = '/gateway/token';

const STABLE_TOKEN_PATH = '/cgi-bin/stable_token';
const NEVER_FORWARDED_PATH = '/cgi-bin/component/api_component_token';
const ASKING_AT_ONCE = 5;

/** The steps that do no harm to any account, in their order. */
export const CHECK_STEPS: readonly CheckStep[] = [
  { name: 'health', run: checkHealth },
  { name: 'one token', run: checkToken },
  { name: 'status', run: checkStatus },
  { name: 'proxied GET', run: checkGet },
  { name: 'wrong caller key', run: checkWrongKey },
  { name: 'path that is never forwarded', run: checkNeverForwarded },
];

/** After all others: what has been seen on the way holds no access token. */
export const NO_TOKEN_LEAKED: CheckStep = { name: 'no token in answers and logs', run: checkNoTokenLeaked };

async function checkHealth({ call }: CheckContext): Promise<string> {
  const answer = await call({ path: '/gateway/health' });
  const { status } = fieldsOf(answer);
  if (answer.status !== 200) throw new Error(`HTTP ${answer.status}, ${String(status)}`);
  return String(status);
}

async function checkToken({ call, tokens, gateway }: CheckContext): Promise<string> {
  const asking = Array.from({ length: ASKING_AT_ONCE }, () => call({ path: TOKEN_PATH }));
  const answers = (await Promise.all(asking)).map(fieldsOf);
  for (const { access_token: token } of answers) {
    if (typeof token !== 'string') throw new Error(`${TOKEN_PATH} answers without a token`);
    tokens.add(token);
  }
  const [token = ''] = tokens;
  if (tokens.size !== 1) throw new Error(`${tokens.size} tokens in ${ASKING_AT_ONCE} answers`);
  const fingerprint = fingerprintOf(token);
  if (answers.some((answer) => answer['fingerprint'] !== fingerprint))
    throw new Error("the fingerprint is not the token's");
  const issues = gateway.simulator?.log.count(STABLE_TOKEN_PATH);
  if (issues !== undefined && issues !== 1) throw new Error(`WeChat was asked for a token ${issues} times`);
  return `fingerprint ${fingerprint}${issues === 1 ? ', WeChat was asked once' : ''}`;
}

async function checkStatus({ call, gateway }: CheckContext): Promise<string> {
  const { accounts } = fieldsOf(await call({ path: '/gateway/status' }));
  const account: unknown = Array.isArray(accounts) ? accounts.find(({ appId }) => appId === gateway.appId) : undefined;
  if (typeof account !== 'object' || account === null) throw new Error(`${gateway.appId} is not in it`);
  const { tokenLifeSeconds, nextDueAt }: { tokenLifeSeconds?: unknown; nextDueAt?: unknown } = account;
  if (typeof tokenLifeSeconds !== 'number' || tokenLifeSeconds <= 0) throw new Error('the token is dead');
  return `${tokenLifeSeconds} s of token life, next refresh due at ${String(nextDueAt)}`;
}

async function checkGet({ call }: CheckContext): Promise<string> {
  const answer = await call({ path: FIRST_CALL_PATH });
  expectErrcode(answer, 0);
  const { ip_list: addresses } = fieldsOf(answer);
  if (!Array.isArray(addresses)) throw new Error(`${FIRST_CALL_PATH} answers without ip_list`);
  return `${FIRST_CALL_PATH} brought ${addresses.length} addresses`;
}

async function checkWrongKey({ call }: CheckContext): Promise<string> {
  expectErrcode(await call({ path: FIRST_CALL_PATH, callerKey: createCallerKey('nobody00') }), 40001);
  return 'refused with 40001';
}

async function checkNeverForwarded({ call }: CheckContext): Promise<string> {
  expectErrcode(await call({ path: NEVER_FORWARDED_PATH, body: '{}' }), 48001);
  return `${NEVER_FORWARDED_PATH} refused with 48001`;
}

async function checkNoTokenLeaked({ answers, lines, tokens }: CheckContext): Promise<string> {
  const texts = [...answers.map((answer) => JSON.stringify(answer)), ...lines];
  const leaking = texts.filter((text) => [...tokens].some((token) => text.includes(token)));
  if (tokens.size === 0) throw new Error('no token was seen to look for');
  if (leaking.length > 0) throw new Error(`${leaking.length} of ${texts.length} hold one`);
  return `${answers.length} answers and ${lines.length} lines looked at`;
}
