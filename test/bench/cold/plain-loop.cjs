'use strict';
// What a runtime does, and no more: for machines on which the native part of Amazon's own client cannot be built.
const http = require('node:http');
const path = require('node:path');

const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new http.Agent({ keepAlive: true });

function exchange(method, route, body) {
  return new Promise((resolve, reject) => {
    const request = http.request(
      { hostname, port, method, agent, path: `/2018-06-01/runtime/${route}` },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => resolve({ headers: response.headers, text: Buffer.concat(chunks).toString() }));
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

async function serve() {
  const [file, name] = process.env['_HANDLER'].split('.');
  const handler = require(path.join(process.env.LAMBDA_TASK_ROOT, file))[name];
  for (;;) {
    const { headers, text } = await exchange('GET', 'invocation/next');
    const id = headers['lambda-runtime-aws-request-id'];
    const context = {
      awsRequestId: id,
      getRemainingTimeInMillis: () => headers['lambda-runtime-deadline-ms'] - Date.now(),
    };
    try {
      await exchange('POST', `invocation/${id}/response`, JSON.stringify(await handler(JSON.parse(text), context)));
    } catch (error) {
      await exchange('POST', `invocation/${id}/error`, JSON.stringify({ errorMessage: String(error && error.stack) }));
    }
  }
}

serve().catch((error) =>
  exchange('POST', 'init/error', JSON.stringify({ errorMessage: String(error && error.stack) })),
);
