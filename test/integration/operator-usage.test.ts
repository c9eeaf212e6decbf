import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LoopbackServer, listenOnLoopback } from '../../infra/local/loopback-server.ts';
import { runCli } from './operator-cli.ts';

const SECRET = '99b2c3d4e5f60718293a4b5c6d7e8f99';
const APP_ID = 'wx0123456789abcdef';
const NO_CREDENTIALS = {
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
};

const GROUPS = [
  [],
  ['account'],
  ['account', 'quota'],
  ['caller'],
  ['caller', 'key'],
  ['caller', 'role'],
  ['caller', 'share'],
  ['ips'],
  ['quota'],
];
const COMMANDS = [
  ...['add', 'list', 'show', 'set-secret', 'disable', 'enable', 'remove'].map((name) => ['account', name]),
  ...['set', 'unset'].map((name) => ['account', 'quota', name]),
  ...['set', 'unset'].map((name) => ['caller', 'share', name]),
  ...['add', 'list', 'show', 'grant', 'ungrant', 'limit', 'disable', 'enable', 'remove'].map((name) => [
    'caller',
    name,
  ]),
  ...['add', 'list', 'retire', 'revoke'].map((name) => ['caller', 'key', name]),
  ...['add', 'remove'].map((name) => ['caller', 'role', name]),
  ['refresh'],
  ['status'],
  ['doctor'],
  ['logs'],
  ['outputs'],
  ['explain'],
  ['console'],
  ...['show', 'clear'].map((name) => ['quota', name]),
  ...['list', 'diff', 'history', 'sync', 'approve'].map((name) => ['ips', name]),
];

describe('the operator command line', () => {
  it.each([...GROUPS, ...COMMANDS])('has help with an example: %s %s %s', async (...words: string[]) => {
    const { exitCode, stdout, stderr } = await runCli([...words, '--help']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/\nExamples?:\n {2}npm run operator -- /);
    expect(stdout).toContain(`npm run operator -- ${words.join(' ')}`);
  });

  it('documents its exit codes', async () => {
    expect((await runCli(['--help'])).stdout).toContain('Exit codes: 0 done; 1 failed');
  });

  it.each([
    ['no command', []],
    ['a group alone', ['account']],
    ['an unknown command', ['acount', 'list']],
    ['an unknown command of a group', ['account', 'lst']],
    ['an unknown option', ['account', 'list', '--al']],
    ['a missing argument', ['account', 'show']],
    ['a missing option', ['account', 'add', APP_ID]],
    ['an option without its value', ['account', 'add', APP_ID, '--name']],
    ['a value that is no choice', ['account', 'add', APP_ID, '--name', 'x', '--mode', 'fast']],
    ['a port that is none', ['--local', '--port', '70000', 'status']],
    ['a stage that is no name', ['--stage', 'Dev_1', 'status']],
  ])('refuses %s with exit code 2, a reason and no result', async (_what, args) => {
    const { exitCode, stdout, stderr } = await runCli(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).not.toBe('');
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it.each([
    ['an argument too many', ['account', 'set-secret', APP_ID, SECRET]],
    ['the value of an unknown option', ['account', 'set-secret', APP_ID, `--secret=${SECRET}`]],
    ['the value of a known option', ['account', 'add', APP_ID, '--name', 'x', '--mode', SECRET]],
    ['the place of an app ID', ['--local', '--port', '1', 'account', 'show', SECRET]],
  ])('repeats no secret that stands in %s', async (_what, args) => {
    const { exitCode, stdout, stderr } = await runCli(args);
    expect(exitCode).toBeGreaterThan(0);
    expect(stdout + stderr).not.toContain(SECRET);
  });

  it('says how to start a local run when there is none', async () => {
    const { exitCode, stderr } = await runCli(['--local', '--port', '1', 'status']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('No local run on port 1: start one with "npm start"');
  });

  it('says what to do without AWS credentials', async () => {
    const { exitCode, stdout, stderr } = await runCli(['status'], { environment: NO_CREDENTIALS });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^There are no AWS credentials here: .*--local/);
  });
});

const requests: string[] = [];

/** CloudFormation's query protocol: a form in, XML out. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const form = await text(request);
  requests.push(`${request.headers.authorization ?? ''} ${form}`);
  const [status, body] = form.includes('StackName=wechat-gateway-prod') ? [200, STACK] : [400, NO_STACK];
  response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
}

describe('a stage on AWS', () => {
  let cloudFormation: LoopbackServer;
  beforeAll(async () => {
    const server = createServer((request, response) => void answer(request, response));
    cloudFormation = await listenOnLoopback(server, 0);
  });
  afterAll(() => cloudFormation.close());

  const run = (...args: string[]) =>
    runCli(args, {
      environment: {
        ...NO_CREDENTIALS,
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_ENDPOINT_URL_CLOUDFORMATION: cloudFormation.endpoint,
        AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1',
      },
    });

  it('is found by its stack, and says when it is not deployed', async () => {
    const { exitCode, stderr } = await run('--stage', 'nowhere', '--region', 'eu-west-1', 'account', 'list');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^There is no stack wechat-gateway-nowhere for stage nowhere in eu-west-1: deploy it first/);
    expect(requests.at(-1)).toContain('/eu-west-1/cloudformation/');
  });

  it('is asked for in the region of its environment file', async () => {
    await run('account', 'list');
    expect(requests.at(-1)).toMatch(/\/ap-southeast-1\/cloudformation\/.*StackName=wechat-gateway-dev/);
  });

  it('gives the names of table and function; a table out of reach is told in one line', async () => {
    const { exitCode, stdout, stderr } = await run('--stage', 'prod', '--region', 'eu-west-1', 'account', 'list');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^The gateway's services cannot be reached \(.*ECONNREFUSED.*\)/);
  });
});

const output = (key: string, value: string) =>
  `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`;
const STACK = `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member>
<StackName>wechat-gateway-prod</StackName><CreationTime>2026-11-20T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus>
<Outputs>${output('TableName', 'table')}${output('RefreshAccessTokenName', 'refresh')}${output('SyncServerIpsName', 'sync')}${output('SyncQuotasName', 'quotas')}${output('ApiUrl', 'https://api.example')}</Outputs>
</member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
const NO_STACK = `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type>
<Code>ValidationError</Code><Message>Stack with id wechat-gateway-nowhere does not exist</Message></Error></ErrorResponse>`;
