import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { healEvent } from '#shared/access-token/refresh-event.ts';
import { createUpstream, type Upstream } from '#shared/wechat/upstream.ts';
import { createUndiciWechatApi } from '#shared/wechat/wechat-api.undici.ts';
import { type AlarmScene, startAlarmScene, USER_INFO } from './alarm-scene.ts';
import { type ServerIpsScene, startServerIpsScene } from './server-ips-scene.ts';

/** What a run has written, and when. */
export interface ScenarioRun {
  readonly lines: readonly string[];
  readonly from: number;
  readonly until: number;
}

/** One fault, and all the alarms that it sets off. */
export interface AlarmScenario {
  readonly fault: string;
  /** In the catalogue's order. */
  readonly fires: readonly string[];
  /** Makes it happen. */
  run(): Promise<ScenarioRun>;
}

const STABLE_TOKEN = '/cgi-bin/stable_token';
const PROBE = '/cgi-bin/get_api_domain_ip';
const HOUR_MS = 3_600_000;
const POST = { method: 'POST', path: '/cgi-bin/message/custom/send', body: '{}' } as const;

/** A fault at a gateway that is well otherwise: it has its tokens, unless `origins` keep it from them. */
function atGateway(
  fault: string,
  fires: readonly string[],
  happen: (scene: AlarmScene) => Promise<unknown>,
  start: { readonly accounts?: number; readonly origins?: readonly string[]; readonly withoutToken?: true } = {},
): AlarmScenario {
  return {
    fault,
    fires,
    async run() {
      const scene = await startAlarmScene(start.accounts, start.origins);
      if (start.origins === undefined && start.withoutToken === undefined) await scene.minutes(1);
      try {
        await happen(scene);
        return { lines: [...scene.rig.lines], from: scene.watchedFrom(), until: scene.clock.now() };
      } finally {
        await scene.rig.close();
      }
    },
  };
}

/** A fault that shows at the early warning, half through a token's life. */
const atHalfLife = (fault: string, fires: readonly string[], happen: (scene: AlarmScene) => unknown) =>
  atGateway(fault, fires, async (scene) => {
    await happen(scene);
    scene.atHalfLife();
    await scene.minutes(1);
  });

/** A fault of the lists of server IPs, after a first sync that is well. */
function atServerIps(
  fault: string,
  fires: readonly string[],
  happen: (scene: ServerIpsScene) => unknown,
): AlarmScenario {
  return {
    fault,
    fires,
    async run() {
      const scene = await startServerIpsScene();
      try {
        await scene.sync();
        scene.nextDay();
        const from = scene.clock.now();
        await happen(scene);
        return { lines: [...scene.rig.lines], from, until: scene.clock.now() };
      } finally {
        await scene.close();
      }
    },
  };
}

const NO_TOKEN_FOR_MINUTES = ['refresh-overdue', 'token-life-short', 'refresh-failing'] as const;

/** Every fault that one of our own metrics stands for. */
export const ALARM_SCENARIOS: readonly AlarmScenario[] = [
  atGateway('no tick runs any more', ['refresh-overdue'], async ({ clock }) => {
    clock.set(clock.now() + 4 * 60_000);
  }),
  atGateway(
    "WeChat's name cannot be resolved",
    [...NO_TOKEN_FOR_MINUTES, 'upstream-dns-failing'],
    (scene) => scene.minutes(4),
    { origins: ['https://no-such-host.invalid'] },
  ),
  atGateway(
    "nothing listens at WeChat's address",
    [...NO_TOKEN_FOR_MINUTES, 'upstream-connect-failing'],
    (scene) => scene.minutes(4),
    { origins: ['http://127.0.0.1:1'] },
  ),
  atGateway(
    'a token endpoint that answers with a page of HTML',
    ['token-life-short', 'upstream-malformed'],
    async (scene) => {
      scene.faults.add({ kind: 'html', path: STABLE_TOKEN, times: Infinity });
      await scene.minutes(2);
    },
    { withoutToken: true },
  ),
  atGateway('WeChat answers calls with 502', ['upstream-malformed'], async (scene) => {
    scene.faults.add({ kind: 'status', status: 502, times: 5 });
    await scene.calls(5);
  }),
  atGateway(
    'WeChat does not answer the probes of five accounts',
    ['upstream-timing-out'],
    async ({ accounts, faults, rig, refresher }) => {
      faults.add({ kind: 'hang', path: PROBE, times: accounts.length });
      const heal = async (appId: string) => {
        const fingerprint = (await rig.tokens.read(appId))?.token?.fingerprint;
        await refresher.invoke(healEvent(appId, fingerprint));
      };
      await Promise.all(accounts.map(({ appId }) => heal(appId)));
    },
    { accounts: 5 },
  ),
  atGateway('WeChat resets every tenth call', ['upstream-failing', 'upstream-breaking-off'], (scene) =>
    scene.minutes(3, async () => {
      scene.faults.add({ kind: 'reset', when: 'after', path: POST.path, times: 2 });
      await scene.calls(2, POST);
      await scene.calls(18);
    }),
  ),
  atGateway('WeChat needs six seconds for each call', ['upstream-slow'], async (scene) => {
    const { clock, rig } = scene;
    const real = createUpstream({ api: createUndiciWechatApi({ clock }), origins: [rig.simulator.origin], clock });
    const upstream: Upstream = {
      async call(...call) {
        const answer = await real.call(...call);
        clock.set(clock.now() + 6_000);
        return answer;
      },
    };
    const proxy = rig.callEnvironment({ upstream });
    await scene.minutes(9, () => proxy.call({ ...USER_INFO }));
  }),
  atHalfLife('our address is not in the allow-list', ['egress-address-refused'], ({ wechat }) =>
    wechat.setAllowedIps(['192.0.2.1']),
  ),
  atGateway(
    'our address was taken out of the allow-list, and a call shows it',
    ['egress-address-refused'],
    async (scene) => {
      scene.wechat.setAllowedIps(['192.0.2.1']);
      await scene.calls(1);
    },
  ),
  atHalfLife('the app secret is frozen', ['app-secret-unusable'], ({ wechat }) => wechat.freezeSecret()),
  atHalfLife('the app secret was changed at WeChat only', ['app-secret-unusable'], ({ wechat }) =>
    wechat.setSecret('0'.repeat(32)),
  ),
  atHalfLife('the app secret is missing', ['app-secret-unusable'], async ({ rig, clock, appId }) => {
    const gone = { SecretId: `${rig.secretPrefix}${appId}`, ForceDeleteWithoutRecovery: true };
    await rig.secretsManager.send(new DeleteSecretCommand(gone));
    // The cache outlives no half-life.
    clock.set(clock.now() + HOUR_MS / 2);
  }),
  atGateway('a login is refused for the app secret', ['app-secret-unusable'], async (scene) => {
    const { wechat, rig, appId } = scene;
    wechat.setSecret('0'.repeat(32));
    const query = `appid=${appId}&secret=${rig.callerKey}&js_code=login-code&grant_type=authorization_code`;
    await scene.calls(1, { path: '/sns/jscode2session', query, headers: { authorization: '' } });
  }),
  atHalfLife('the administrator has to confirm our address', ['admin-confirmation-needed'], ({ wechat }) =>
    wechat.requireConfirmation(true),
  ),
  atHalfLife('the account is frozen', ['issue-refused'], ({ faults }) =>
    faults.add({ kind: 'errcode', errcode: 50007, path: STABLE_TOKEN, times: Infinity }),
  ),
  atHalfLife("the day's issues are used up", ['issue-quota-reached'], ({ faults }) =>
    faults.add({ kind: 'errcode', errcode: 45009, path: STABLE_TOKEN, times: Infinity }),
  ),
  atGateway('somebody else replaces our token again and again', ['tokens-killed-repeatedly'], (scene) =>
    scene.minutes(3, async () => {
      scene.wechat.killCurrentToken();
      await scene.calls(1);
    }),
  ),
  atGateway('nine tenths of a quota are used', ['quota-nearly-used'], async (scene) => {
    const { rig, appId, clock } = scene;
    const account = await rig.accounts.get(appId);
    if (account === undefined) throw new Error('the scene has lost its account');
    await rig.accounts.put({ ...account, quotaRules: [{ endpoint: USER_INFO.path, calls: 20 }] });
    await scene.calls(18);
    // Counts are stored, and looked at, beside a later call.
    clock.set(clock.now() + 10_000);
    await scene.calls(1);
  }),
  atGateway(
    'calls come while there is no token, for the app secret is frozen',
    ['token-life-short', 'app-secret-unusable', 'calls-failing'],
    async (scene) => {
      scene.wechat.freezeSecret();
      await scene.minutes(1, () => scene.calls(5));
    },
    { withoutToken: true },
  ),
  atGateway('a caller comes with a key that nobody knows', ['callers-rejected'], (scene) =>
    scene.calls(50, { ...USER_INFO, headers: { authorization: 'Bearer unknown' } }),
  ),
  atServerIps('WeChat changes a list', ['server-ips-changed'], async (scene) => {
    const { rig } = scene;
    rig.simulator.setServerIps({ callback: ['101.226.103.0/25', '106.55.206.146', '106.55.206.212'] });
    await scene.sync();
  }),
  atServerIps('a list has lost more than half of its addresses', ['server-ips-pending'], async (scene) => {
    const { rig } = scene;
    rig.simulator.setServerIps({ callback: ['106.55.206.146'] });
    await scene.sync();
  }),
  atServerIps('a list is empty', ['server-ips-refused'], async (scene) => {
    const { rig } = scene;
    rig.simulator.setServerIps({ callback: [] });
    await scene.sync();
  }),
  atServerIps(
    'a list has changed, and nobody can be told',
    ['server-ips-changed', 'server-ips-untold'],
    async (scene) => {
      const { rig, announcer } = scene;
      announcer.failures = 1;
      rig.simulator.setServerIps({ callback: ['101.226.103.0/25', '106.55.206.146', '106.55.206.212'] });
      await scene.sync();
    },
  ),
  atServerIps('a firewall takes no list', ['firewalls-failed'], async (scene) => {
    const { firewall } = scene;
    firewall.failing = true;
    await scene.sync();
  }),
  atServerIps(
    'neither ticks nor syncs that bring a list for 27 hours',
    ['refresh-overdue', 'server-ips-not-synced'],
    async (scene) => {
      const { rig, clock } = scene;
      rig.simulator.faults.add({ kind: 'status', status: 412, path: /ip/, times: Infinity });
      await scene.sync();
      clock.set(clock.now() + 27 * HOUR_MS);
    },
  ),
];
