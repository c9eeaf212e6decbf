import { FIRST_CALL_PATH, type FirstCall } from './first-call.ts';
import type { LocalGateway } from './local-gateway.ts';

const LONGEST_ANSWER = 300;

/** What the first call has shown; holds no secret, token or caller key. */
export function readyText(gateway: LocalGateway, { answer, fingerprint, tokenLifeMs }: FirstCall): string {
  const { url, upstream, simulator, appId } = gateway;
  return `The gateway runs at ${url} in front of ${simulator === undefined ? upstream : `the WeChat simulator at ${upstream}`}.

  account  ${appId}
  token    fingerprint ${fingerprint}, ${Math.floor(tokenLifeMs / 60_000)} minutes left
  call     GET ${FIRST_CALL_PATH}
  answer   HTTP ${answer.status} ${printable(answer.text)}
`;
}

/** Commands to try next. They hold the demo caller's key, which is shown here and nowhere else. */
export function curlLines({ url, callerKey, simulator }: LocalGateway): string {
  const authorization = `-H 'Authorization: Bearer ${callerKey}'`;
  const send = `{"touser":"openid-of-a-follower","msgtype":"text","text":{"content":"你好"}}`;
  const lines = [
    `curl ${authorization} ${url}/cgi-bin/getcallbackip`,
    ...(simulator === undefined ? [] : [`curl ${authorization} ${url}/cgi-bin/message/custom/send -d '${send}'`]),
    `curl ${url}/gateway/health`,
    `curl ${authorization} ${url}/gateway/status`,
    `curl ${authorization} ${url}/gateway/js-signature -d '{"url":"https://example.com/page"}'`,
    `npm run operator -- --local --port ${new URL(url).port} ips sync`,
    `curl ${authorization} '${url}/gateway/server-ips?list=callback&format=text'`,
    `curl ${authorization} ${url}/gateway/token`,
  ];
  return `Try next, from another terminal (the last one shows the real access token):

${lines.map((line) => `  ${line}\n`).join('')}
Ctrl-C stops it. Calls and refreshes:

`;
}

/** The upstream's text on a terminal: without control characters and not too long. */
function printable(text: string): string {
  const visible = text.replaceAll(/\p{C}/gu, ' ');
  return visible.length > LONGEST_ANSWER ? `${visible.slice(0, LONGEST_ANSWER)}...` : visible;
}
