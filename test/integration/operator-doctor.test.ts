import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetScheduleCommand, SchedulerClient, UpdateScheduleCommand } from '@aws-sdk/client-scheduler';
import { expect, it } from 'vitest';
import { type CliRun, runCli } from './operator-cli.ts';
import { startRun } from './start-run.ts';
import { APP_ID, APP_SECRET, startWechat } from './start-scene.ts';

const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
const TEST_NET = ['203.0.113.9'];

/** What the doctor says of a gateway: the exit code and the first two lines. */
type Verdict = readonly [exitCode: number, cause: string, remedy: string];

function verdictOf({ exitCode, stdout }: CliRun): Verdict {
  const [cause = '', remedy = ''] = stdout.split('\n');
  return [exitCode, cause, remedy];
}

/** A local run in front of a WeChat that the test spoils, and the doctor for it. */
async function startPatient(origins: (simulator: string) => string = (simulator) => simulator) {
  const { simulator, flags, environment } = await startWechat();
  const upstream = flags.map((flag) => (flag === simulator.origin ? origins(simulator.origin) : flag));
  const run = startRun(['--json', ...upstream], environment);
  const { port } = new URL((await run.ready()).url);
  const file = join(import.meta.dirname, '../../build/local-run', `${port}.json`);
  // The file that a run publishes itself with, which the CLI reads too.
  const published = JSON.parse(readFileSync(file, 'utf8')) as Record<'dynamodb' | 'scheduler' | 'tableName', string>;
  const operate = async (...args: readonly string[]): Promise<CliRun> => {
    const result = await runCli(['--local', '--port', port, ...args]);
    expect(result.stdout + result.stderr).not.toContain(APP_SECRET);
    return result;
  };
  const client = { region: 'us-east-1', credentials: CREDENTIALS };
  const scheduler = new SchedulerClient({ ...client, endpoint: published.scheduler });
  const dynamodb = new DynamoDBClient({ ...client, endpoint: published.dynamodb });
  return {
    simulator,
    account: simulator.account(APP_ID),
    operate,
    verdict: async () => verdictOf(await operate('doctor')),
    switchSchedule: async (State: 'ENABLED' | 'DISABLED') => {
      const Name = 'refresh-every-minute';
      const { ScheduleExpression } = await scheduler.send(new GetScheduleCommand({ Name }));
      // A client has to name what the local stand-in does not look at.
      const Target = {
        Arn: 'arn:aws:lambda:us-east-1:000000000000:function:x',
        RoleArn: 'arn:aws:iam::000000000000:role/x',
      };
      const FlexibleTimeWindow = { Mode: 'OFF' } as const;
      await scheduler.send(new UpdateScheduleCommand({ Name, State, ScheduleExpression, Target, FlexibleTimeWindow }));
    },
    deleteTable: () => dynamodb.send(new DeleteTableCommand({ TableName: published.tableName })),
  };
}

const says = (cause: RegExp, remedy: RegExp): Verdict => [
  1,
  expect.stringMatching(cause),
  expect.stringMatching(remedy),
];

it('the doctor finds a local run healthy, and names cause and remedy of each thing that is wrong with it', async () => {
  const { account, operate, verdict, switchSchedule, deleteTable, simulator } = await startPatient();
  const before = simulator.log.count('/cgi-bin/stable_token');

  const healthy = await operate('doctor');
  expect(verdictOf(healthy)).toEqual([0, expect.stringMatching(/^Healthy: the local run on port \d+\.$/), '']);
  expect(healthy.stdout).toMatch(
    /^ok +WeChat 127\.0\.0\.1:\d+ +DNS \d+ ms, connected in \d+ ms, answered in \d+ ms\.$/m,
  );
  expect(healthy.stdout).toMatch(
    /^ok +refresh schedule +refresh-every-minute is enabled, .*; the last tick ended \d+ s ago\.$/m,
  );
  expect(healthy.stdout).toMatch(/^ok +app secret +wx\w+ +WeChat accepts it\.$/m);
  expect(healthy.stdout).toMatch(/^ok +address +wx\w+ +WeChat sees 127\.0\.0\.1 and lets it in/m);
  expect(healthy.stdout).toMatch(/^ok +token +wx\w+ +WeChat takes it; 1 h \d+ min left/m);
  expect(healthy.stdout).toMatch(/^ok +callback URL +wx\w+ +WeChat's network reaches it/m);
  expect(healthy.stderr).toMatch(/^Looking at wx\w+ ".+" as WeChat sees it \.\.\.$/m);
  expect(simulator.log.count('/cgi-bin/stable_token')).toBe(before + 1);

  account.setSecret('another0secret00another0secret00');
  expect(await verdict()).toEqual(
    says(
      /^WeChat refuses the app secret of wx\w+: it is wrong \(errcode 40125/,
      /^Do this: Store the current one.*account set-secret wx/,
    ),
  );
  account.setSecret(APP_SECRET);

  account.freezeSecret();
  expect(await verdict()).toEqual(
    says(
      /^WeChat issues no token for wx\w+ \(errcode 40243, the app secret is frozen/,
      /^Do this: Unfreeze it in the console/,
    ),
  );
  account.unfreezeSecret();

  account.setAllowedIps(TEST_NET);
  expect(await verdict()).toEqual(
    says(
      /^The IP allow-list of wx\w+ does not hold 127\.0\.0\.1 \(errcode 40164/,
      /^Do this: Enter 127\.0\.0\.1 in the account's API IP allow-list/,
    ),
  );
  account.setAllowedIps(undefined);

  account.requireConfirmation(true);
  expect(await verdict()).toEqual(
    says(
      /^WeChat wants the administrator of wx\w+ to confirm our address \(errcode 89503/,
      /^Do this: The administrator was sent a message: confirm/,
    ),
  );
  account.requireConfirmation(false);

  account.killCurrentToken();
  expect(await verdict()).toEqual(
    says(
      /^The token of wx\w+ is dead: WeChat refuses the stored one/,
      /^Do this: The next call of a caller replaces it.* refresh wx/,
    ),
  );
  expect((await operate('refresh', APP_ID)).exitCode).toBe(0);

  await switchSchedule('DISABLED');
  expect(await verdict()).toEqual(
    says(/^The schedule refresh-every-minute is disabled\. Tokens are not refreshed\.$/, /^Do this: Enable it/),
  );
  await switchSchedule('ENABLED');

  // None of it has left a trace in how the account is refreshed.
  const { healthy: again, cause, checks } = (await operate('--json', 'doctor', APP_ID)).json();
  expect({ again, cause }).toEqual({ again: true, cause: null });
  expect(checks).toContainEqual({ name: 'token', account: APP_ID, state: 'ok', finding: expect.any(String) });

  await deleteTable();
  expect(await verdict()).toEqual(
    says(
      /^The table wechat-gateway-local does not exist\.$/,
      /^Do this: Stop the local run and start it again: npm start/,
    ),
  );
});

it('the doctor says that a name does not resolve, as a warning while another host answers', async () => {
  const { simulator, operate, verdict } = await startPatient((origin) => `https://no-such-host.invalid,${origin}`);
  const { exitCode, stdout } = await operate('doctor');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^Healthy: .*, with 1 warning\.$/m);
  expect(stdout).toMatch(/^WARN WeChat no-such-host\.invalid: Check the name in upstreamHosts, and the DNS/m);
  await simulator.close();
  expect(await verdict()).toEqual(
    says(
      /^https:\/\/no-such-host\.invalid cannot be reached from the function: its name does not resolve \(DNS\)/,
      /^Do this: Check the name in upstreamHosts, and the DNS/,
    ),
  );
});

it('the doctor says first what to do without AWS credentials, and skips the rest', async () => {
  const environment = {
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const { exitCode, stdout } = await runCli(['doctor'], { environment });
  const lines = stdout.split('\n');
  expect([exitCode, ...lines.slice(0, 2)]).toEqual([
    1,
    'There are no AWS credentials here.',
    expect.stringMatching(/^Do this: Sign in \(aws sso login\) or set AWS_PROFILE/),
  ]);
  expect(lines.filter((line) => line.startsWith('skip')).length).toBeGreaterThan(5);
});

it('the doctor says how to start a local run that is not there', async () => {
  expect(verdictOf(await runCli(['--local', '--port', '1', 'doctor']))).toEqual(
    says(/^No local run on port 1\.$/, /^Do this: Start one with "npm start"/),
  );
});
