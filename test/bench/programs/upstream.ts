import { createServer } from 'node:http';
import { listenOnLoopback } from '../../../infra/local/loopback-server.ts';
import { answerQuestions } from '../program.ts';

/** An answer such as most of WeChat's are. */
const JSON_ANSWER = Buffer.from(
  '{"errcode":0,"errmsg":"ok","subscribe":1,"openid":"o6_bmjrPTlm6_2sgVt7hMZOPfL2M","language":"zh_CN"}',
);
const BODY = Buffer.alloc(4_000_000, 'x');
const KEEP_ALIVE_MS = 60_000;

/** How many answers are held back: `/held` waits until it is asked to let go. */
let letGo = Promise.withResolvers<void>();
let held = 0;

/**
 * A WeChat that costs as little as possible: takes whatever is sent, answers JSON, `/download` with 4 MB, and `/held` only when it is told to.
 * Asked `hold`, it says how many requests it holds; asked `let-go`, it answers them.
 */
const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
  const path = request.url ?? '/';
  request.resume().once('end', () => {
    const isDownload = path.startsWith('/download');
    const body = isDownload ? BODY : JSON_ANSWER;
    const headers = { 'content-type': isDownload ? 'image/jpeg' : 'application/json', 'content-length': body.length };
    const answer = () => response.writeHead(200, headers).end(body);
    if (path.startsWith('/held')) {
      held += 1;
      void letGo.promise.then(answer);
    } else {
      answer();
    }
  });
});

const { endpoint } = await listenOnLoopback(server, 0);
answerQuestions<string | number>(endpoint, async (question: 'hold' | 'let-go') => {
  const answer = held;
  if (question === 'let-go') {
    letGo.resolve();
    letGo = Promise.withResolvers<void>();
    held = 0;
  }
  return answer;
});
