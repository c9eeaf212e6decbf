import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerCall } from './answer-call.ts';
import { type Answer, preconditionFailed, refused } from './answers.ts';
import { type Call, text, tryJson } from './call.ts';
import { endpointAt } from './catalogue.ts';
import type { Connections } from './connections.ts';
import { deliver } from './delivery.ts';
import { ERRMSGS } from './errmsgs.ts';
import type { Fault, FaultQueue } from './faults.ts';
import type { Platform } from './platform.ts';
import { requestBody } from './request-body.ts';
import type { LoggedRequest, RequestJournal } from './request-log.ts';
import { newRid } from './rid-book.ts';
import { scriptedAnswer } from './scripted-answer.ts';

const LARGEST_BODY_SEARCHED_FOR_APPID = 4_096;

/** The way of a request: read, log, meet its fault, be answered. */
export class Front {
  readonly #platform: Platform;
  readonly #faults: FaultQueue;
  readonly #journal: RequestJournal;
  readonly #connections: Connections;

  constructor(platform: Platform, faults: FaultQueue, journal: RequestJournal, connections: Connections) {
    this.#platform = platform;
    this.#faults = faults;
    this.#journal = journal;
    this.#connections = connections;
  }

  /** Resolves when the answer is handed over, or when there is nobody to answer. */
  async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Who expects a 100 sends no body before it, and WeChat's front refuses such requests like chunked ones.
    const body = request.headers.expect === undefined ? await requestBody(request) : Buffer.alloc(0);
    const call = this.#callOf(request, body ?? Buffer.alloc(0));
    const logged = this.#log(call, request);
    if (request.headers['transfer-encoding'] !== undefined) return await deliver(preconditionFailed(), response);
    if (request.headers.expect !== undefined)
      return await deliver(preconditionFailed(), response.setHeader('connection', 'close'));
    if (!body) return await this.#send(refused(45002, ERRMSGS[45002] ?? '', call.rid), logged, response);
    const fault = this.#faults.take(call.path, logged.appId);
    if (await this.#endedBy(fault, 'before', request)) return;
    const answer = await this.#answer(call, logged, fault);
    if (await this.#endedBy(fault, 'after', request)) return;
    await this.#send(answer, logged, response, fault);
  }

  #callOf(request: IncomingMessage, body: Buffer): Call {
    const url = request.url ?? '/';
    const cut = url.indexOf('?');
    const at = this.#platform.now();
    return {
      at,
      method: request.method ?? 'GET',
      url,
      path: cut < 0 ? url : url.slice(0, cut),
      query: new URLSearchParams(cut < 0 ? '' : url.slice(cut + 1)),
      headers: request.headers,
      body,
      remoteAddress: (request.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
      rid: newRid(at),
    };
  }

  #log(call: Call, request: IncomingMessage): LoggedRequest {
    const appId = this.#appIdOf(call);
    const { at, method, url, path, query, headers, body, remoteAddress } = call;
    const { rawHeaders } = request;
    const localPort = request.socket.localPort ?? 0;
    const basics = { at, method, url, path, query, headers, rawHeaders, body, remoteAddress, localPort };
    const logged: LoggedRequest = appId === undefined ? basics : { ...basics, appId };
    this.#journal.add(logged);
    return logged;
  }

  #appIdOf(call: Call): string | undefined {
    const named = call.query.get('appid');
    if (named) return named;
    const token = call.query.get('access_token');
    if (token) return this.#platform.ownerOf(token)?.appId;
    if (call.body.length > LARGEST_BODY_SEARCHED_FOR_APPID) return undefined;
    return text(tryJson(call.body) ?? {}, 'appid');
  }

  async #answer(call: Call, logged: LoggedRequest, fault: Fault | undefined): Promise<Answer> {
    const scripted = fault && scriptedAnswer(fault, call, endpointAt(call.path));
    const answer = scripted ?? (await answerCall(this.#platform, call));
    const failed = answer.errcode !== undefined && answer.errcode !== 0;
    const findable = logged.appId !== undefined && !call.path.startsWith('/sns/');
    if (failed && findable) this.#platform.rids.keep(logged.appId ?? '', call, answer);
    return answer;
  }

  /** Plays a fault that concerns this moment; true when the exchange ends here. */
  async #endedBy(fault: Fault | undefined, moment: 'before' | 'after', request: IncomingMessage): Promise<boolean> {
    if (fault?.kind !== 'delay' && fault?.kind !== 'hang' && fault?.kind !== 'reset') return false;
    if ((fault.when ?? 'before') !== moment) return false;
    if (fault.kind === 'reset') this.#connections.reset(request.socket);
    if (fault.kind === 'delay') await sleep(fault.ms, undefined, { ref: false });
    return fault.kind !== 'delay';
  }

  async #send(answer: Answer, logged: LoggedRequest, response: ServerResponse, fault?: Fault): Promise<void> {
    this.#journal.answered(logged, answer.errcode);
    await deliver(answer, response, fault);
  }
}
