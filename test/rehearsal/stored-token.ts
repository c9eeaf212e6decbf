import { fingerprintOf } from '#shared/access-token/access-token.ts';
import { functionLogs } from './function-logs.ts';
import type { DeployedScene } from './scene.ts';
import { waitFor } from './wait-for.ts';

/** Where tokens are issued. */
export const STABLE_TOKEN_PATH = '/cgi-bin/stable_token';

/** The schedule comes every minute, and MiniStack looks every ten seconds whether it is due. */
const SCHEDULE_CEILING_MS = 300_000;
/** Between WeChat's answer and the write of the function. */
const COMMIT_CEILING_MS = 30_000;

type StatusOfToken = Pick<DeployedScene, 'operator' | 'simulator'>;

/** The fingerprint of the token that the stage holds for an account. @throws {Error} when it is not the one that WeChat issued last */
export async function storedFingerprint(scene: StatusOfToken, appId: string): Promise<string> {
  const fingerprint = await fingerprintInStatus(scene, appId);
  const issued = scene.simulator.account(appId).currentToken('stable');
  if (fingerprint !== undefined && issued !== undefined && fingerprint === fingerprintOf(issued)) return fingerprint;
  throw new Error(`the stage holds ${fingerprint ?? 'no token'} for ${appId}, which is not what WeChat issued last`);
}

/** Waits until the schedule has had the first token of an account issued that nobody calls for, and it is stored. Returns its fingerprint. */
export async function waitForSchedule(scene: DeployedScene, appId: string): Promise<string> {
  const { simulator, report } = scene;
  const { tell } = report;
  await waitFor({ what: "the schedule's refresh", ceilingMs: SCHEDULE_CEILING_MS, tell }, () => {
    const asked = simulator.log.entries.some((one) => one.path === STABLE_TOKEN_PATH && one.appId === appId);
    return asked || undefined;
  });
  await waitFor({ what: 'the commit', ceilingMs: COMMIT_CEILING_MS, tell }, () => fingerprintInStatus(scene, appId));
  const lines = await (await functionLogs(scene.stage.refreshFunctionName)).lines();
  const refreshes = lines.filter((line) => line['event'] === 'refresh' && line['account'] === appId);
  const others = refreshes.filter((line) => line['reason'] !== 'due');
  if (refreshes.length === 0 || others.length > 0)
    throw new Error(`it was not the schedule: ${JSON.stringify(refreshes)}`);
  return storedFingerprint(scene, appId);
}

async function fingerprintInStatus({ operator }: StatusOfToken, appId: string): Promise<string | undefined> {
  const { accounts } = (await operator(['status', appId])).json as {
    accounts: readonly { token: { fingerprint: string | null } | null }[];
  };
  return accounts[0]?.token?.fingerprint ?? undefined;
}
