import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { startLambdaEndpoint } from '../../infra/local/lambda-endpoint.ts';
import { startSchedulesStandIn } from '../../infra/local/schedules-stand-in.ts';
import { createDynamoCallerItems } from '../../infra/operator/caller-items.dynamodb.ts';
import { localLogFile, publishLocalRun } from '../../infra/operator/local-run.ts';
import { startGatewayOnSockets } from '../gateway-on-sockets.ts';
import { markCallerKey, type RigSettings, startRig } from '../gateway-rig.ts';

const MAIN = fileURLToPath(new URL('../../infra/operator/main.ts', import.meta.url));
const CALLER_KEY = /wxg_\w{63}/;

/** What one run of the CLI came to. */
export interface CliRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as the one JSON text that `--json` prints. */
  json(): Record<string, unknown>;
}

/** How a test runs the CLI. */
export interface CliInput {
  /** What is piped in; nothing by default, and never a terminal. */
  readonly stdin?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs the CLI in a process of its own, with nothing of this process's environment but where programs are. */
export async function runCli(
  args: readonly string[],
  { stdin = '', environment = {} }: CliInput = {},
): Promise<CliRun> {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { PATH: process.env['PATH'], ...environment } });
  // A command that asks for nothing may be gone before its input is written.
  child.stdin.on('error', () => {});
  child.stdin.end(stdin);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return {
    exitCode: child.exitCode ?? -1,
    stdout,
    stderr,
    json: () => JSON.parse(stdout) as Record<string, unknown>,
  };
}

/** A gateway on sockets that the CLI finds as it finds a local run, with the real function behind the Lambda endpoint. */
export type OperatedGateway = Awaited<ReturnType<typeof startOperatedGateway>>;

/** Close it after the test: closing fails when a secret, or what is stored in place of one, was in any output of the CLI, but for a new caller key where it belongs. */
export async function startOperatedGateway(settings: RigSettings) {
  const rig = await startRig(settings);
  const door = await startGatewayOnSockets(rig);
  const refresher = rig.refreshEnvironment();
  const syncer = rig.syncEnvironment();
  const quotas = rig.quotasEnvironment();
  const lambda = await startLambdaEndpoint({
    functions: [
      { name: 'refresh-access-token', timeoutMs: 58_000, handler: (event) => refresher.invoke(event) },
      { name: 'sync-server-ips', timeoutMs: 300_000, handler: (event) => syncer.invoke(event) },
      { name: 'sync-quotas', timeoutMs: 300_000, handler: (event) => quotas.invoke(event) },
    ],
    onFunctionError: () => undefined,
  });
  const schedules = await startSchedulesStandIn({ 'refresh-every-minute': 'rate(1 minute)' });
  const unpublish = publishLocalRun({
    apiUrl: door.endpoint,
    tableName: rig.tableName,
    secretPrefix: rig.secretPrefix,
    refreshFunctionName: 'refresh-access-token',
    syncFunctionName: 'sync-server-ips',
    quotasFunctionName: 'sync-quotas',
    dynamodb: rig.dynamodb.endpoint,
    secretsManager: rig.secrets.endpoint,
    lambda: lambda.endpoint,
    scheduler: schedules.endpoint,
    refreshScheduleName: 'refresh-every-minute',
    logFile: localLogFile(door.endpoint),
  });
  const { port } = new URL(door.endpoint);

  const run = async (args: readonly string[], input?: CliInput): Promise<CliRun> => {
    const result = await runCli(['--local', '--port', port, ...args], input);
    const [made] = CALLER_KEY.exec(result.stdout) ?? [];
    const makesKey = args.includes('caller') && args.includes('add');
    if (made !== undefined) markCallerKey(rig.canary, made);
    rig.canary.saw(`stdout of ${args.join(' ')}`, result.stdout, makesKey ? 'caller key' : undefined);
    rig.canary.saw(`stderr of ${args.join(' ')}`, result.stderr);
    return result;
  };
  return {
    rig,
    door,
    lambda,
    run,
    /** Runs with `--json` and reads the one JSON text. */
    json: async (args: readonly string[], input?: CliInput) => (await run(['--json', ...args], input)).json(),
    close: async () => {
      unpublish();
      await door.close();
      await lambda.close();
      await schedules.close();
      for (const callerId of await createDynamoCallerItems(rig.dynamodbClient(), rig.tableName).list()) {
        const caller = await rig.callers.get(callerId);
        for (const { verifier } of caller?.keys ?? []) rig.canary.mark('caller key', verifier);
        if (caller !== undefined) rig.canary.mark('caller key', caller.sealingKey);
      }
      await rig.close();
    },
  };
}
