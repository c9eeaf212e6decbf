import { request } from 'undici';
import { type Simulator, type SimulatorSettings, startSimulator } from '../wechat-simulator/simulator.ts';

export const APP_ID = 'wx0000000000000001';
export const APP_SECRET = 'simulated-secret';

/** What came back, with the JSON read as far as the tests need it. */
export interface Reply {
  status: number;
  contentType: string;
  headers: Record<string, string | string[] | undefined>;
  bytes: Buffer;
  text: string;
  json: Record<string, unknown>;
}

/** A simulator with one official account, and the calls that its tests make over real sockets. */
export interface Bench {
  simulator: Simulator;
  get(pathAndQuery: string): Promise<Reply>;
  post(pathAndQuery: string, body: string | object | Buffer, headers?: Record<string, string>): Promise<Reply>;
  classicToken(): Promise<Reply>;
  stableToken(more?: object): Promise<Reply>;
  /** The path with a working stable token and the rest of the query. */
  withToken(path: string, query?: string): string;
  /** Moves the still clock that the simulator runs on. */
  pass(ms: number): void;
}

/** Noon of a day in the middle of a month, in UTC+8. */
const NOON = Date.UTC(2026, 10, 20, 4);

/** Starts a simulator on a free port, its clock standing still at noon (UTC+8); the test closes it. */
export async function startBench(settings: Partial<SimulatorSettings> = {}): Promise<Bench> {
  const accounts = [{ appId: APP_ID, appSecret: APP_SECRET }];
  let now = NOON;
  const simulator = await startSimulator({ accounts, now: () => now, ...settings });
  const credentials = { grant_type: 'client_credential', appid: APP_ID, secret: APP_SECRET };
  const post: Bench['post'] = (path, body, headers = {}) => {
    const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    return send(simulator.origin + path, 'POST', bytes, headers);
  };
  return {
    simulator,
    get: (path) => send(simulator.origin + path, 'GET', null, {}),
    post,
    classicToken: () =>
      send(`${simulator.origin}/cgi-bin/token?${new URLSearchParams(credentials).toString()}`, 'GET', null, {}),
    stableToken: (more = {}) => post('/cgi-bin/stable_token', { ...credentials, ...more }),
    withToken(path, query = '') {
      const token = simulator.account(APP_ID).issueElsewhere('stable');
      return `${path}?access_token=${token}${query && `&${query}`}`;
    },
    pass(ms) {
      now += ms;
    },
  };
}

async function send(
  url: string,
  method: 'GET' | 'POST',
  body: string | Buffer | null,
  headers: Record<string, string>,
): Promise<Reply> {
  const answer = await request(url, { method, body, headers });
  const bytes = Buffer.from(await answer.body.arrayBuffer());
  const text = bytes.toString();
  const contentType = String(answer.headers['content-type']);
  return { status: answer.statusCode, contentType, headers: answer.headers, bytes, text, json: parsed(text) };
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    // Images, HTML and spoiled answers are not JSON; their tests look at the bytes.
    return {};
  }
}
