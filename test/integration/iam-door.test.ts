import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RigCall, startRig } from '../gateway-rig.ts';
import { type OperatedGateway, startOperatedGateway } from './operator-cli.ts';

const ACCOUNT = { appId: 'wxdddddddddddddddd', appSecret: 'd1b2c3d4e5f60718293a4b5c6d7e8f9d' };
const { appId } = ACCOUNT;
const ROLE = 'AROAEXAMPLEROLE01234';
const OTHER_ROLE = 'AROAEXAMPLEROLE56789';
const SIGNATURE = 'AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20261121/ap-southeast-1/execute-api/aws4_request';

describe('calls under /iam', () => {
  let gateway: OperatedGateway;
  let callerId: string;
  beforeAll(async () => {
    gateway = await startOperatedGateway({ accounts: [ACCOUNT] });
    const add = ['caller', 'add', 'Reports', '--account', appId, '--allow', '/cgi-bin/*', '/sns/*', 'token:read'];
    ({ callerId } = (await gateway.json(add)) as { callerId: string });
    await gateway.json(['caller', 'role', 'add', callerId, ROLE]);
  });
  afterAll(() => gateway.close());

  /** In a cold environment, signed as API Gateway tells it. */
  const call = (path: string, signedBy: string | undefined, rest: Partial<RigCall> = {}) =>
    gateway.rig
      .callEnvironment()
      .call({ path, headers: { authorization: SIGNATURE }, ...(signedBy !== undefined && { signedBy }), ...rest });

  it('are the calls of the caller that has the role, whatever the session is called', async () => {
    const answer = await call('/iam/cgi-bin/get_api_domain_ip', `${ROLE}:i-0123456789abcdef0`);
    expect(answer.json()).toMatchObject({ ip_list: expect.any(Array) });
    expect(gateway.rig.lines.findLast((line) => line.includes('"event":"call"'))).toContain(`"caller":"${callerId}"`);
  });

  it('never carry the signature on to WeChat', async () => {
    await call('/iam/cgi-bin/get_api_domain_ip', ROLE);
    const { log } = gateway.rig.simulator;
    const { headers } = log.entries.findLast(({ path }) => path === '/cgi-bin/get_api_domain_ip') ?? {};
    expect(JSON.stringify(headers)).not.toContain('AWS4-HMAC');
    expect(headers).toBeDefined();
  });

  it('never carry a signature in the query on to WeChat, nor the session token beside it', async () => {
    const signature = 'X-Amz-Credential=AKIAEXAMPLE&X-Amz-Security-Token=session&X-Amz-Signature=00ff';
    await call('/iam/cgi-bin/user/info', ROLE, { query: `openid=o1&${signature}&lang=en`, headers: {} });
    const { query } = gateway.rig.simulator.log.entries.findLast(({ path }) => path === '/cgi-bin/user/info') ?? {};
    expect([...(query?.keys() ?? [])]).toEqual(['access_token', 'openid', 'lang']);
  });

  it('need no caller key where WeChat takes the app secret', async () => {
    const query = `appid=${appId}&js_code=login-code&grant_type=authorization_code`;
    expect((await call('/iam/sns/jscode2session', ROLE, { query })).json()).toMatchObject({
      openid: expect.any(String),
    });
  });

  it('reach the gateway’s own endpoints', async () => {
    expect((await call('/iam/gateway/status', ROLE)).json()).toMatchObject({ accounts: [{ appId }] });
  });

  it.each([
    ['a role that no caller has', OTHER_ROLE, 40001, 'unknown-role'],
    ['a user', 'AIDAEXAMPLEUSER01234', 40001, 'unknown-role'],
    ['nobody', undefined, 41001, 'not-signed'],
  ])('are refused from %s', async (_, signedBy, errcode, cause) => {
    const answer = await call('/iam/cgi-bin/get_api_domain_ip', signedBy);
    expect(answer.json()).toMatchObject({ errcode });
    expect(answer.headers?.['x-gateway-error']).toBe(cause);
  });

  it('get a problem document under /iam/gateway/', async () => {
    const answer = await call('/iam/gateway/status', OTHER_ROLE);
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toMatchObject({ status: 401 });
  });

  it('end with the role’s removal and come back with it; the operator sees both', async () => {
    await gateway.json(['caller', 'role', 'add', callerId, OTHER_ROLE]);
    expect(await gateway.json(['caller', 'show', callerId])).toMatchObject({
      roles: [{ roleId: ROLE }, { roleId: OTHER_ROLE }],
    });
    expect((await call('/iam/cgi-bin/get_api_domain_ip', OTHER_ROLE)).json()).toHaveProperty('ip_list');
    await gateway.json(['--yes', 'caller', 'role', 'remove', callerId, OTHER_ROLE]);
    expect((await call('/iam/cgi-bin/get_api_domain_ip', OTHER_ROLE)).json()).toMatchObject({ errcode: 40001 });
  });

  it('are of one caller per role: another must give it up first', async () => {
    const { callerId: other } = (await gateway.json(['caller', 'add', 'Other'])) as { callerId: string };
    const { exitCode, stderr } = await gateway.run(['caller', 'role', 'add', other, ROLE]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`caller role remove ${callerId} ${ROLE}`);
  });

  it('take a unique id, not a name or an ARN', async () => {
    const { exitCode, stderr } = await gateway.run([
      'caller',
      'role',
      'add',
      callerId,
      'arn:aws:iam::123456789012:role/x',
    ]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('aws iam get-role');
  });

  it('end with the caller itself, and leave the role free', async () => {
    const { callerId: leaving } = (await gateway.json(['caller', 'add', 'Leaving'])) as { callerId: string };
    const role = 'AROAEXAMPLEROLEFREE1';
    await gateway.json(['caller', 'role', 'add', leaving, role]);
    await gateway.json(['--yes', 'caller', 'remove', leaving]);
    await gateway.json(['caller', 'role', 'add', callerId, role]);
    expect((await call('/iam/cgi-bin/get_api_domain_ip', role)).json()).toHaveProperty('ip_list');
  });
});

describe('a stage that takes signed calls only', () => {
  it('refuses a caller key everywhere, before it looks at it', async () => {
    const rig = await startRig({ accounts: [ACCOUNT], doors: 'iam' });
    try {
      const answer = await rig.callEnvironment().call({ path: '/cgi-bin/get_api_domain_ip' });
      expect(answer.json()).toMatchObject({ errcode: 41001 });
      expect(answer.headers?.['x-gateway-error']).toBe('signed-only');
      expect((await rig.callEnvironment().call({ path: '/gateway/status' })).statusCode).toBe(401);
      expect(rig.simulator.log.entries).toEqual([]);
    } finally {
      await rig.close();
    }
  });
});
