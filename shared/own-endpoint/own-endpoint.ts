import type { TokenStore } from '../access-token/token-store.ts';
import type { CallAnswer } from '../api-call/answer-shape.ts';
import type { CallTrace } from '../api-call/call-trace.ts';
import { comparablePath } from '../api-call/path.ts';
import { Refusal } from '../api-call/refusal.ts';
import type { CallRequest } from '../api-call/request.ts';
import type { TicketDependencies } from '../ticket/get-ticket.ts';
import { showErrors } from './errors.ts';
import { createHealth } from './health.ts';
import { signPage } from './js-signature.ts';
import { type ServerIpsDependencies, showServerIps } from './server-ips.ts';
import { showStatus } from './status.ts';
import { showToken } from './token.ts';
import { showUsage, type UsageDependencies } from './usage.ts';

/** What the gateway's own endpoints need besides what calls need. */
export interface OwnEndpointDependencies
  extends TicketDependencies,
    ServerIpsDependencies,
    Pick<UsageDependencies, 'usageReader'> {
  readonly tokens: Pick<TokenStore, 'glance'>;
}

/** One of the gateway's own endpoints. @throws {Refusal} shown as a problem document */
export type OwnEndpoint = (request: CallRequest, deadline: number, trace: CallTrace) => Promise<CallAnswer>;

/** The paths under `/gateway/`, each with the one method that it takes. */
const METHODS: ReadonlyMap<string, CallRequest['method']> = new Map([
  ['/gateway/errors', 'GET'],
  ['/gateway/health', 'GET'],
  ['/gateway/js-signature', 'POST'],
  ['/gateway/server-ips', 'GET'],
  ['/gateway/status', 'GET'],
  ['/gateway/token', 'GET'],
  ['/gateway/usage', 'GET'],
]);

/** The method that an endpoint under `/gateway/` takes; `undefined` for a path that is none. */
export function ownEndpointMethod(path: string): CallRequest['method'] | undefined {
  return METHODS.get(comparablePath(path));
}

/** The endpoints under `/gateway/`. */
export function createOwnEndpoints(dependencies: OwnEndpointDependencies): OwnEndpoint {
  const endpoints = new Map<string, OwnEndpoint>([
    ['/gateway/errors', (request, _deadline, trace) => showErrors(dependencies, request, trace)],
    ['/gateway/health', createHealth(dependencies)],
    ['/gateway/js-signature', (...call) => signPage(dependencies, ...call)],
    ['/gateway/server-ips', (request, _deadline, trace) => showServerIps(dependencies, request, trace)],
    ['/gateway/status', (request, _deadline, trace) => showStatus(dependencies, request, trace)],
    ['/gateway/token', (...call) => showToken(dependencies, ...call)],
    ['/gateway/usage', (request, _deadline, trace) => showUsage(dependencies, request, trace)],
  ]);
  return async (request, deadline, trace) => {
    const endpoint = endpoints.get(comparablePath(request.path));
    if (endpoint === undefined) throw new Refusal('unknown-endpoint');
    if (request.method !== ownEndpointMethod(request.path)) throw new Refusal('method-not-allowed');
    return endpoint(request, deadline, trace);
  };
}
