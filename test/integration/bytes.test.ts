import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#shared/clock.node.ts';
import { createUpstream } from '#shared/wechat/upstream.ts';
import { createUndiciWechatApi } from '#shared/wechat/wechat-api.undici.ts';
import { type LoopbackServer, listenOnLoopback } from '../../infra/local/loopback-server.ts';
import { type GatewayOnSockets, startGatewayOnSockets } from '../gateway-on-sockets.ts';
import { type Rig, startRig } from '../gateway-rig.ts';
import { simulatedAccount } from './callers.ts';
import { wechatErrorIn } from './expected-answers.ts';

const USER = '/cgi-bin/user/info';
const UPLOAD = '/cgi-bin/media/upload';
const OCTETS = { 'content-type': 'application/octet-stream' };
const account = simulatedAccount();

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A form with one file, as an SDK writes it (RFC 7578). */
function formOf(file: Uint8Array, filename: string, contentType: string) {
  const boundary = `----boundary${randomBytes(8).toString('hex')}`;
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="media"; filename="${filename}"\r\nContent-Type: ${contentType}\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(head), file, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  // Quotes and odd spacing are legal, and a re-encoded type would no longer name the boundary.
  return { body, headers: { 'content-type': `multipart/form-data;  boundary="${boundary}"` } };
}

describe('the bytes of a call', () => {
  let rig: Rig;
  let gateway: GatewayOnSockets;

  beforeEach(async () => {
    rig = await startRig({ accounts: [account] });
    await rig.refreshEnvironment().invoke({});
    gateway = await startGatewayOnSockets(rig);
  });
  afterEach(async () => {
    await gateway.close();
    await rig.close();
  });

  const lastRequest = () => rig.simulator.log.entries.at(-1);

  it('go up unchanged with Content-Length in a binary upload of 3.9 MB', async () => {
    const body = randomBytes(3_900_000);
    await gateway.send({ method: 'POST', path: UPLOAD, query: 'type=image', headers: OCTETS, body });
    expect(sha256(lastRequest()?.body ?? Buffer.alloc(0))).toBe(sha256(body));
    expect(lastRequest()?.headers).toMatchObject({ 'content-length': '3900000', ...OCTETS });
    expect(lastRequest()?.headers['transfer-encoding']).toBeUndefined();
  });

  it('go up unchanged in a multipart upload, and come back unchanged in the download', async () => {
    const file = randomBytes(1_900_000);
    const { body, headers } = formOf(file, '照片.png', 'image/png');
    const uploaded = await gateway.send({ method: 'POST', path: UPLOAD, query: 'type=image', headers, body });
    expect(sha256(lastRequest()?.body ?? Buffer.alloc(0))).toBe(sha256(body));
    expect(lastRequest()?.headers).toMatchObject({ 'content-length': String(body.byteLength), ...headers });
    const mediaId = String(uploaded.json()['media_id']);
    const download = await gateway.send({ path: '/cgi-bin/media/get', query: `media_id=${mediaId}` });
    expect(sha256(download.bytes)).toBe(sha256(file));
    expect(download.headers).toMatchObject({
      'content-type': 'image/png',
      'content-length': String(file.byteLength),
      'content-disposition': `attachment; filename="${encodeURI('照片.png')}"`,
    });
  });

  it('are taken from a chunked upload too, and go up with Content-Length', async () => {
    const head = `POST ${UPLOAD}?type=image HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\ntransfer-encoding: chunked\r\n`;
    const chunks = '3\r\nabc\r\n4\r\n\u0000\u0001\u00fe\u00ff\r\n0\r\n\r\n';
    await gateway.sendRaw(Buffer.from(`${head}authorization: Bearer ${rig.callerKey}\r\n\r\n${chunks}`, 'latin1'));
    expect(lastRequest()?.body.toString('latin1')).toBe('abc\u0000\u0001\u00fe\u00ff');
    expect(lastRequest()?.headers).toMatchObject({ 'content-length': '7' });
  });

  it.each([4_000_000, 3_999_999])('go up when the body has %s bytes', async (size) => {
    const body = Buffer.alloc(size, 0xfe);
    await gateway.send({ method: 'POST', path: UPLOAD, headers: OCTETS, body });
    expect(lastRequest()?.body.equals(body)).toBe(true);
  });

  it.each([
    ['binary', OCTETS],
    ['text', { 'content-type': 'application/json' }],
  ])('do not go up when a %s body has 4,000,001: that gets 40006', async (_, headers) => {
    const body = Buffer.alloc(4_000_001, 'a');
    const answer = await gateway.send({ method: 'POST', path: UPLOAD, headers, body });
    expect(wechatErrorIn(answer)).toEqual([40006, 'body-too-large']);
    expect(rig.simulator.log.count(UPLOAD)).toBe(0);
  });

  it.each([
    ['Chinese text', '{"touser":"o1","text":{"content":"你好，世界 🎉"}}'],
    ['64-bit integers', '{"id":9223372036854775807,"x":1.0,"y":1e400}'],
    ['duplicate names, odd spaces and escapes', '{ "a":1 ,"a":"\\u4f60\\/" }\r\n'],
    ['what is no JSON', '<xml>\n</xml>\t'],
    ['nothing', ''],
  ])('of a JSON body with %s go up unchanged', async (_, text) => {
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    await gateway.send({ method: 'POST', path: '/cgi-bin/message/custom/send', headers, body: text });
    expect(lastRequest()?.body.toString('utf8')).toBe(text);
    expect(lastRequest()?.headers).toMatchObject({ 'content-length': String(Buffer.byteLength(text)), ...headers });
  });

  it('that are no UTF-8 go up unchanged when their type does not say that they are text', async () => {
    const body = Buffer.from([0x7b, 0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0x7d]);
    await gateway.send({ method: 'POST', path: '/cgi-bin/menu/create', headers: { 'content-type': 'x/y' }, body });
    expect(lastRequest()?.body.equals(body)).toBe(true);
  });

  it('of a GET are not sent up', async () => {
    const headers = { ...OCTETS, 'content-length': '3' };
    await gateway.send({ path: USER, query: 'openid=o1', headers, body: 'abc' });
    expect(lastRequest()?.method).toBe('GET');
    expect(lastRequest()?.body).toHaveLength(0);
    expect(lastRequest()?.headers['content-length']).toBeUndefined();
  });

  it('of a query go up unchanged and in order, with our token once and no other credential', async () => {
    const query = 'openid=o%2f1%2F2+3&a[]=%E4%BD%A0&a[]=&=&&b&access_token=theirs&%61ccess_token=x&secret=s&c=%00%ff';
    await gateway.send({ path: USER, query });
    const token = rig.simulator.account(account.appId).currentToken('stable');
    const kept = 'openid=o%2f1%2F2+3&a[]=%E4%BD%A0&a[]=&=&&b&c=%00%ff';
    expect(lastRequest()?.url).toBe(`${USER}?access_token=${token}&${kept}`);
  });

  it.each([
    ['64-bit integers', Buffer.from('{"qr_scene":9223372036854775807,"msgid":-9223372036854775808,"f":1.0}')],
    ['Chinese text', Buffer.from('{"nickname":"微信用户·张三 🎉"}')],
    ['invalid UTF-8', Buffer.from([...Buffer.from('{"nickname":"'), 0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0x22, 0x7d])],
    ['control characters', Buffer.from('{"nickname":"a\u0000\u0008\u001f"}')],
    ['escapes and odd spaces', Buffer.from('\n{ "a" : "\\u4f60\\/" }\r\n ')],
    ['every byte there is', Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))],
    ['nothing', Buffer.alloc(0)],
  ])('of an answer with %s come back unchanged', async (_, body) => {
    rig.simulator.faults.add({ kind: 'body', body, contentType: 'text/plain', path: USER });
    const answer = await gateway.send({ path: USER });
    expect(answer.bytes.equals(body)).toBe(true);
    expect(answer.headers).toMatchObject({ 'content-type': 'text/plain', 'content-length': String(body.byteLength) });
  });

  it('come back unchanged in the largest answer that fits, and not at all in a larger one', async () => {
    const body = randomBytes(4_400_000);
    rig.simulator.faults.add({ kind: 'body', body, path: USER });
    expect(sha256((await gateway.send({ path: USER })).bytes)).toBe(sha256(body));
    rig.simulator.faults.add({ kind: 'body', body: Buffer.concat([body, Buffer.alloc(1)]), path: USER });
    expect(wechatErrorIn(await gateway.send({ path: USER }))).toEqual([990413, 'answer-too-large']);
  });

  it('go up the same again when a refused token makes the gateway repeat the call', async () => {
    rig.simulator.account(account.appId).killCurrentToken();
    const body = randomBytes(1_000_000);
    const headers = { ...OCTETS, 'wechatmp-appid': account.appId };
    await gateway.send({ method: 'POST', path: UPLOAD, query: 'type=image&a=%2f', headers, body });
    const sent = rig.simulator.log.entries.filter(({ path }) => path === UPLOAD);
    expect(sent.map((request) => sha256(request.body))).toEqual([sha256(body), sha256(body)]);
    expect(sent.map(({ url }) => url.replace(/access_token=[^&]*/, ''))).toEqual(
      Array.from({ length: 2 }, () => `${UPLOAD}?&type=image&a=%2f`),
    );
    expect(sent.map((request) => request.headers['wechatmp-appid'])).toEqual([account.appId, account.appId]);
  });
});

/** WeChat's place taken by a server whose answers a test writes itself. The token comes from the simulator. */
describe('the headers of a call', () => {
  let rig: Rig;
  let gateway: GatewayOnSockets;
  let upstream: LoopbackServer;
  let received: IncomingMessage | undefined;
  let answer: (response: ServerResponse) => void;

  beforeEach(async () => {
    received = undefined;
    const server: Server = createServer((request, response) => {
      received = request;
      request.resume().on('end', () => answer(response));
    });
    upstream = await listenOnLoopback(server, 0);
    rig = await startRig({ accounts: [account] });
    await rig.refreshEnvironment().invoke({});
    const clock = systemClock;
    const calls = createUpstream({ api: createUndiciWechatApi({ clock }), origins: [upstream.endpoint], clock });
    gateway = await startGatewayOnSockets(rig, rig.callEnvironment({ upstream: calls }));
    answer = (response) => response.end('{"errcode":0}');
  });
  afterEach(async () => {
    await gateway.close();
    await upstream.close(0);
    await rig.close();
  });

  it('go up only when they are on the list, with their values as they are', async () => {
    const forwarded = {
      'content-type': 'application/json;charset="UTF-8"',
      accept: '*/*, text/x; q=0.1',
      'accept-language': 'zh-CN',
      'wechatmp-appid': account.appId,
      'wechatmp-timestamp': '1795176000',
      'wechatmp-signature': 'a+/b==',
      'wechatmp-serial': '\u00e4',
    };
    const kept = {
      'accept-encoding': 'gzip, br',
      cookie: 'a=b',
      'x-forwarded-for': '192.0.2.1',
      'x-forwarded-host': 'evil.example',
      forwarded: 'for=192.0.2.1',
      'user-agent': 'sdk',
      referer: 'https://example.org',
      'x-wechat-appid': account.appId,
      'x-api-key': rig.callerKey,
      'proxy-authorization': `Bearer ${rig.callerKey}`,
      wechatmp: 'x',
      'if-none-match': '"x"',
      range: 'bytes=0-1',
    };
    await gateway.send({ method: 'POST', path: USER, headers: { ...kept, ...forwarded }, body: '{}' });
    const { host, connection, 'content-length': length, ...others } = received?.headers ?? {};
    expect(others).toEqual({ ...forwarded, 'accept-encoding': 'identity' });
    expect({ host, length }).toEqual({ host: new URL(upstream.endpoint).host, length: '2' });
    expect(connection).toBe('keep-alive');
    expect(received?.rawHeaders.join('\n')).not.toContain(rig.callerKey);
  });

  it('come back only when they are on the list, Wechatmp-* in the spelling in which they came', async () => {
    answer = (response) => {
      response.setHeader('Content-Type', 'application/json; encoding=utf-8');
      response.setHeader('Content-Disposition', 'attachment; filename="a b.png"');
      response.setHeader('Retry-After', '7');
      response.setHeader('Wechatmp-Appid', account.appId);
      response.setHeader('Wechatmp-TimeStamp', '1795176000');
      response.setHeader('Wechatmp-Signature', 'a+/b==');
      response.setHeader('Wechatmp-Signature-Deprecated', 'c');
      response.setHeader('X-Wx-Rid', 'a-b-c');
      response.setHeader('Set-Cookie', ['session=1', 'b=2']);
      response.setHeader('Cache-Control', 'public, max-age=60');
      response.setHeader('ETag', '"x"');
      response.setHeader('Server', 'nginx');
      response.setHeader('X-Gateway-Error', 'forged');
      response.setHeader('Location', 'https://evil.example');
      response.end('{"errcode":0}');
    };
    const { rawHeaders } = await gateway.send({ path: USER });
    const pairs = rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name, rawHeaders[index + 1]]] : []));
    const { Date: _date, Connection: _connection, 'apigw-requestid': _id, ...others } = Object.fromEntries(pairs);
    expect(others).toEqual({
      'content-type': 'application/json; encoding=utf-8',
      'content-disposition': 'attachment; filename="a b.png"',
      'content-length': '13',
      'retry-after': '7',
      'x-wx-rid': 'a-b-c',
      'Wechatmp-Appid': account.appId,
      'Wechatmp-TimeStamp': '1795176000',
      'Wechatmp-Signature': 'a+/b==',
      'Wechatmp-Signature-Deprecated': 'c',
      'cache-control': 'no-store',
    });
  });

  it('say how an answer is compressed, and then nobody looks into it', async () => {
    // Were it looked into, the errcode would have the token healed.
    const body = gzipSync('{"errcode":40001,"errmsg":"invalid credential"}');
    answer = (response) => response.setHeader('content-encoding', 'gzip').end(body);
    const { bytes, headers } = await gateway.send({ path: USER });
    expect(bytes.equals(body)).toBe(true);
    expect(headers['content-encoding']).toBe('gzip');
    expect(rig.refreshInvocations()).toBe(0);
  });

  it('may claim a compression that the body does not have: it is passed on all the same', async () => {
    const body = '{"errcode":40001}';
    answer = (response) => response.setHeader('content-encoding', 'br').end(body);
    expect((await gateway.send({ path: USER })).text).toBe(body);
    expect(rig.refreshInvocations()).toBe(0);
  });
});
