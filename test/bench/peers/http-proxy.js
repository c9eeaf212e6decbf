import { Agent, createServer } from 'node:http';
import httpProxy from 'http-proxy';
import { answerWithMemory, peerTask, withToken } from './peer-task.js';

const proxy = httpProxy.createProxyServer({ target: peerTask.upstream, agent: new Agent({ keepAlive: true }) });
proxy.on('error', (error, _request, response) => response.writeHead(502).end(error.message));
const server = createServer((request, response) => {
  request.url = withToken(request.url);
  proxy.web(request, response);
});
server.listen(0, '127.0.0.1', () => answerWithMemory(`http://127.0.0.1:${server.address().port}`));
