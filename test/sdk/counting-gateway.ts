import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { startHttpAdapter } from '../../infra/local/http-adapter.ts';
import type { LocalFunction } from '../../infra/local/local-function.ts';
import type { Rig } from '../gateway-rig.ts';

/** The gateway as an SDK meets it, and what came in. */
export interface CountingGateway {
  /** `http://127.0.0.1:<port>`, the same after a restart. */
  readonly endpoint: string;
  /** Every call since the start or the last `forget`, restarts included. */
  readonly calls: readonly APIGatewayProxyEventV2[];
  /** How many of them asked the token endpoints. */
  tokenCalls(): number;
  forget(): void;
  /** Ends the server and its environment; a new one, which knows nothing, listens at the same address. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Puts an environment of the rig behind the local API Gateway. Close it before the rig. */
export async function startCountingGateway(rig: Rig): Promise<CountingGateway> {
  const calls: APIGatewayProxyEventV2[] = [];
  const start = (port = 0) =>
    startHttpAdapter({
      port,
      function: counted(rig.callEnvironment().local, calls),
      onFunctionError: (error) => rig.canary.sawError('error behind a 500 or 503', error),
    });
  let server = await start();
  const { endpoint } = server;
  return {
    endpoint,
    calls,
    tokenCalls: () => calls.filter(({ rawPath }) => /\/cgi-bin\/(stable_)?token$/.test(rawPath)).length,
    forget: () => void calls.splice(0),
    async restart() {
      await server.close(0);
      server = await start(Number(new URL(endpoint).port));
    },
    close: () => server.close(0),
  };
}

function counted(local: LocalFunction, calls: APIGatewayProxyEventV2[]): LocalFunction {
  return {
    ...local,
    handler(event, context) {
      // The adapter sends nothing else.
      calls.push(event as APIGatewayProxyEventV2);
      return local.handler(event, context);
    },
  };
}
