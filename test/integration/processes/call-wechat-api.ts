import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { handler } from '../../../functions/call-wechat-api/handler.ts';
import { startHttpAdapter } from '../../../infra/local/http-adapter.ts';

/** The real Lambda entry behind the HTTP adapter. Sends the endpoint. Ends with its parent. */
const { endpoint } = await startHttpAdapter({
  function: {
    name: 'call-wechat-api',
    timeoutMs: 29_000,
    // The handler checks what it is given, and takes the contexts that middy adds to.
    handler: (event, context) => handler(event as APIGatewayProxyEventV2, context as never),
  },
  onFunctionError: (error) => process.stderr.write(`${String(error)}\n`),
});
process.send?.(endpoint);
process.once('disconnect', () => process.exit());
