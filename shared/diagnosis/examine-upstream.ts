import type { Clock } from '../clock.ts';
import { CONNECT_TIMEOUT_MS } from '../wechat/connect-timeout.ts';
import { type UpstreamAnswer, UpstreamFailure, type UpstreamRequest, type WechatApi } from '../wechat/wechat-api.ts';
import type { HostExamination, UpstreamExamination } from './examination.ts';
import type { NameResolver } from './name-resolver.ts';

/** What the hosts are looked at with. */
export interface ExamineUpstreamDependencies {
  /** One that has no connection open yet, so that connecting is measured. */
  readonly openApi: () => WechatApi;
  readonly origins: readonly string[];
  readonly resolveName: NameResolver;
  readonly clock: Clock;
}

const ANSWER_TIMEOUT_MS = 5_000;
const NAME_TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 65_536;
/** Without a token WeChat answers 41001 at once, for no account and against no quota. */
const REQUEST: UpstreamRequest = {
  method: 'GET',
  path: '/cgi-bin/get_api_domain_ip',
  query: '',
  headers: {},
  body: undefined,
};

/**
 * Looks at every host by one call without credentials, all at once; takes 12 s at most. Costs no quota. Never throws for what names, network or
 * WeChat do.
 */
export async function examineUpstream(dependencies: ExamineUpstreamDependencies): Promise<UpstreamExamination> {
  const { clock, origins } = dependencies;
  const startedAt = clock.now();
  const hosts = await Promise.all(origins.map((origin) => examineHost(dependencies, origin)));
  return { kind: 'upstream', startedAt, tookMs: clock.now() - startedAt, hosts };
}

async function examineHost(dependencies: ExamineUpstreamDependencies, origin: string): Promise<HostExamination> {
  const nameMs = await timeOfName(dependencies, new URL(origin).hostname);
  if (nameMs === undefined) return { origin, kind: 'failed', failure: 'dns' };
  return { nameMs, ...(await callHost(dependencies, origin)) };
}

/** `undefined` when the name does not resolve. */
async function timeOfName(
  { resolveName, clock }: ExamineUpstreamDependencies,
  host: string,
): Promise<number | undefined> {
  const startedAt = clock.now();
  const enough = new AbortController();
  const tooLate = clock.sleep(NAME_TIMEOUT_MS, enough.signal).then(() => []);
  try {
    const addresses = await Promise.race([resolveName(host.replace(/^\[(.*)\]$/, '$1')), tooLate]);
    return addresses.length === 0 ? undefined : clock.now() - startedAt;
  } catch {
    // Whatever the resolver's reason: there is no address to connect to, which is what the examination says.
    return undefined;
  } finally {
    tooLate.catch(() => undefined);
    enough.abort();
  }
}

async function callHost({ openApi, clock }: ExamineUpstreamDependencies, origin: string): Promise<HostExamination> {
  const startedAt = clock.now();
  let sentAt = startedAt;
  const limits = {
    firstByteTimeoutMs: ANSWER_TIMEOUT_MS,
    deadline: startedAt + CONNECT_TIMEOUT_MS + ANSWER_TIMEOUT_MS,
    maxAnswerBytes: MAX_ANSWER_BYTES,
    onSend: () => {
      sentAt = clock.now();
    },
  };
  try {
    const answer = await openApi().attempt(origin, REQUEST, limits);
    const answeredAt = clock.now();
    return {
      origin,
      kind: 'answered',
      connectMs: sentAt - startedAt,
      answerMs: answeredAt - sentAt,
      status: answer.status,
      clockAheadMs: clockAhead(answer, (sentAt + answeredAt) / 2),
    };
  } catch (error) {
    if (error instanceof UpstreamFailure) return { origin, kind: 'failed', failure: error.kind };
    throw error;
  }
}

/** `Date` is cut to whole seconds: half a second later is the best guess. */
function clockAhead({ headers }: UpstreamAnswer, at: number): number | undefined {
  const text = headers.find(([name]) => name.toLowerCase() === 'date')?.[1];
  const date = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.round(date + 500 - at);
}
