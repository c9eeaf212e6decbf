import type { TokenStore } from '../access-token/token-store.ts';
import type { CallAnswer } from '../api-call/answer-shape.ts';
import type { CallTrace } from '../api-call/call-trace.ts';
import type { CallDependencies } from '../api-call/call-wechat-api.ts';
import { comparablePath } from '../api-call/path.ts';
import { Refusal } from '../api-call/refusal.ts';
import type { CallRequest } from '../api-call/request.ts';
import { createHealth } from './health.ts';
import { showStatus } from './status.ts';
import { showToken } from './token.ts';

/** What the gateway's own endpoints need besides what calls need. */
export interface OwnEndpointDependencies extends CallDependencies {
  readonly tokens: Pick<TokenStore, 'glance'>;
}

/** One of the gateway's own endpoints. @throws {Refusal} shown as a problem document */
export type OwnEndpoint = (request: CallRequest, deadline: number, trace: CallTrace) => Promise<CallAnswer>;

/** The endpoints under `/gateway/`, all of them GET. */
export function createOwnEndpoints(dependencies: OwnEndpointDependencies): OwnEndpoint {
  const endpoints = new Map<string, OwnEndpoint>([
    ['/gateway/health', createHealth(dependencies)],
    ['/gateway/status', (request, _deadline, trace) => showStatus(dependencies, request, trace)],
    ['/gateway/token', (request, deadline, trace) => showToken(dependencies, request, deadline, trace)],
  ]);
  return async (request, deadline, trace) => {
    const endpoint = endpoints.get(comparablePath(request.path));
    if (endpoint === undefined) throw new Refusal('unknown-endpoint');
    if (request.method !== 'GET') throw new Refusal('method-not-allowed');
    return endpoint(request, deadline, trace);
  };
}
