import { join } from 'node:path';
import { setFunctionVariables } from '../../infra/local/local-functions.ts';
import type { LoopbackServer } from '../../infra/local/loopback-server.ts';
import { type Rig, startRig } from '../gateway-rig.ts';
import { type Program, startProgram } from './program.ts';

/** The one account of a scene. */
export const APP_ID = 'wx0123456789abcdef';
/** What it calls, with {@link APP_ID}'s caller key. */
export const JSON_PATH = '/cgi-bin/user/info';

/** A gateway whose account has a token, a quick upstream in a process of its own, and what a function needs to run on both. */
export interface Scene {
  readonly rig: Rig;
  readonly upstream: Program<'hold' | 'let-go', string | number>;
  readonly upstreamOrigin: string;
  /** The variables of every function, and the SDK's. */
  readonly environment: Readonly<Record<string, string>>;
  /** The access token in the table. */
  readonly accessToken: string;
  close(): Promise<void>;
}

/**
 * Starts the engines in this process, and closes `engine` at the end.
 * @throws {Error} when no token could be got
 */
export async function startScene(engine?: LoopbackServer): Promise<Scene> {
  const accounts = [{ appId: APP_ID, appSecret: 'a'.repeat(32) }];
  const rig = await startRig({ accounts, ...(engine && { dynamodb: engine }) });
  await rig.refreshEnvironment().invoke({});
  const upstream = await startProgram<'hold' | 'let-go', string | number>(
    join(import.meta.dirname, 'programs/upstream.ts'),
    { core: 'other' },
  );
  const upstreamOrigin = String(upstream.ready);
  const state = await rig.tokens.read(APP_ID);
  if (state?.token === undefined) throw new Error('the simulator issued no token to the account of the scene');
  return {
    rig,
    upstream,
    upstreamOrigin,
    accessToken: state.token.value,
    environment: environmentOf(rig, upstreamOrigin),
    async close() {
      await upstream.end();
      await rig.close();
    },
  };
}

function environmentOf(rig: Rig, upstreamOrigins: string): Record<string, string> {
  const variables: Record<string, string | undefined> = {};
  setFunctionVariables(variables, { tableName: rig.tableName, secretPrefix: rig.secretPrefix, upstreamOrigins });
  // Every function's variables are set; the type is that of process.env.
  const texts = Object.entries(variables).map(([name, text]) => [name, text ?? '']);
  return {
    ...Object.fromEntries(texts),
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_SESSION_TOKEN: 'test',
    AWS_ENDPOINT_URL_DYNAMODB: rig.dynamodb.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: rig.secrets.endpoint,
  };
}
