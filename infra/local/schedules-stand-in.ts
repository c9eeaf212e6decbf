import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as v from 'valibot';
import { type LoopbackServer, listenOnLoopback } from './loopback-server.ts';
import { readBody } from './read-body.ts';

/** EventBridge Scheduler on this machine: it knows the schedules and whether they are enabled; running them is somebody else's. */
export interface SchedulesStandIn extends LoopbackServer {
  /** False once somebody has disabled it. */
  isEnabled(name: string): boolean;
}

interface WireAnswer {
  readonly status: number;
  readonly body: object;
}

const MAX_REQUEST_BYTES = 65_536;
const SCHEDULE_PATH = /^\/schedules\/([\w.-]{1,64})(?:\?|$)/;

const change = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ ScheduleExpression: v.string(), State: v.optional(v.picklist(['ENABLED', 'DISABLED']), 'ENABLED') }),
);

/**
 * Speaks GetSchedule and UpdateSchedule to the SDK's client, so that a schedule here is looked at, and stopped, as one on AWS. Of an update it keeps
 * whether the schedule is enabled; when it runs stays what it is.
 *
 * Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Operations.html
 * @param expressions per name what AWS calls the schedule's expression
 */
export async function startSchedulesStandIn(expressions: Readonly<Record<string, string>>): Promise<SchedulesStandIn> {
  const schedules = new Map(
    Object.entries(expressions).map(([name, expression]) => [name, { expression, state: 'ENABLED' }]),
  );
  const answer = (method: string, url: string, body: string): WireAnswer => {
    const name = SCHEDULE_PATH.exec(url)?.[1] ?? '';
    const schedule = schedules.get(name);
    if (schedule === undefined) return fault(404, 'ResourceNotFoundException', `Schedule ${name} does not exist.`);
    if (method === 'GET') {
      const { state, expression } = schedule;
      return { status: 200, body: { Name: name, GroupName: 'default', State: state, ScheduleExpression: expression } };
    }
    const parsed = v.safeParse(change, body);
    if (method !== 'PUT' || !parsed.success) return fault(400, 'ValidationException', 'Only GET and a whole PUT.');
    schedules.set(name, { ...schedule, state: parsed.output.State });
    return { status: 200, body: { ScheduleArn: `arn:aws:scheduler:us-east-1:000000000000:schedule/default/${name}` } };
  };
  const server = createServer((request, response) => void answerRequest(request, response, answer));
  const listening = await listenOnLoopback(server, 0);
  return { ...listening, isEnabled: (name) => schedules.get(name)?.state === 'ENABLED' };
}

async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (method: string, url: string, body: string) => WireAnswer,
): Promise<void> {
  const received = await readBody(request, MAX_REQUEST_BYTES);
  if (received === 'aborted') return;
  const text = received === 'too-large' ? '' : received.toString();
  const { status, body } = answer(request.method ?? '', request.url ?? '', text);
  const error = '__type' in body ? { 'x-amzn-errortype': String(body['__type']) } : {};
  response.writeHead(status, { 'content-type': 'application/json', ...error }).end(JSON.stringify(body));
}

function fault(status: number, type: string, message: string): WireAnswer {
  return { status, body: { __type: type, Message: message } };
}
