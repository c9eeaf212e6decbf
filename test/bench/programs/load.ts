import { Pool } from 'undici';
import { answerQuestions } from '../program.ts';

/** What to send, and for how long. */
export interface LoadQuestion {
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  /** Ends after this long or this many, whichever comes first. */
  readonly durationMs: number;
  readonly requests?: number;
  /** Absent: GET. */
  readonly bodyBytes?: number;
}

/** What came of it. */
export interface LoadAnswer {
  readonly requests: number;
  readonly wallMs: number;
  readonly latenciesMs: readonly number[];
}

answerQuestions<LoadAnswer>({ requests: 0, wallMs: 0, latenciesMs: [] }, async (question: LoadQuestion) => {
  const { origin, connections, durationMs, requests = Infinity } = question;
  const pool = new Pool(origin, { connections, allowH2: false, pipelining: 1 });
  const body = question.bodyBytes === undefined ? undefined : Buffer.alloc(question.bodyBytes, 'x');
  const latenciesMs: number[] = [];
  const startedAt = performance.now();
  let sent = 0;
  const sendInTurn = async (): Promise<void> => {
    while (sent < requests && performance.now() - startedAt < durationMs) {
      sent += 1;
      const sentAt = performance.now();
      await sendOne(pool, question, body);
      latenciesMs.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: connections }, sendInTurn));
  const wallMs = performance.now() - startedAt;
  await pool.close();
  return { requests: latenciesMs.length, wallMs, latenciesMs };
});

async function sendOne(pool: Pool, { path, headers }: LoadQuestion, body: Buffer | undefined): Promise<void> {
  const upload =
    body === undefined ? {} : { body, headers: { ...headers, 'content-type': 'application/octet-stream' } };
  const method = body === undefined ? 'GET' : 'POST';
  const { statusCode, body: answer } = await pool.request({ method, path, headers, ...upload });
  const bytes = await answer.arrayBuffer();
  const isWrong = statusCode !== 200 || (bytes.byteLength < 1_000 && Buffer.from(bytes).includes('"errcode":4'));
  if (isWrong) throw new Error(`${path} was answered ${statusCode}: ${Buffer.from(bytes).toString().slice(0, 200)}`);
}
