import proxy from '@fastify/http-proxy';
import fastify from 'fastify';
import { answerWithMemory, peerTask } from './peer-task.js';

const { upstream, accessToken } = peerTask;
const server = fastify({ bodyLimit: 10 * 1024 * 1024 });
await server.register(proxy, {
  upstream,
  http: false,
  replyOptions: {
    queryString: (search, _url, request) =>
      new URLSearchParams({ access_token: accessToken, ...request.query }).toString(),
  },
});
answerWithMemory(await server.listen({ host: '127.0.0.1', port: 0 }));
