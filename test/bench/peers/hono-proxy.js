import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { proxy } from 'hono/proxy';
import { answerWithMemory, peerTask, withToken } from './peer-task.js';

const app = new Hono();
app.all('*', (c) => {
  const { pathname, search } = new URL(c.req.url);
  return proxy(`${peerTask.upstream}${withToken(`${pathname}${search}`)}`, c.req);
});
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => answerWithMemory(`http://127.0.0.1:${port}`));
