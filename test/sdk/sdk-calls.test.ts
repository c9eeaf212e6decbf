import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { DriverProcess } from './driver-process.ts';
import type { Step } from './drivers/serve.ts';
import { imageFile } from './image-file.ts';
import { installedSdks, missingSdks } from './installed-sdks.ts';
import { type SdkScene, startSdkScene } from './sdk-scene.ts';

const OPEN_ID = 'oSim0000000000000000000001';
const MESSAGE = '你好，世界 — "引号" 与 😀';
const IMAGE = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), randomBytes(70_000)]);

it('runs every SDK that there is a driver for', ({ skip }) => {
  skip(missingSdks.length > 0, missingSdks.join('; '));
  expect(missingSdks).toEqual([]);
});

describe.skipIf(installedSdks.length === 0).each([
  ['at the root', ''],
  ['under a path prefix', '/team/wechat'],
])('an app that was moved to the gateway, which serves %s', (_, pathPrefix) => {
  it.each(installedSdks)('goes on with $name, which only got a new base URL and a new secret', async (sdk) => {
    const scene = await startSdkScene({ pathPrefix });
    const app = scene.startApp(sdk);
    for (const step of sdk.steps) await CHECKS[step](app, scene);
    expect(scene.gateway.calls.length).toBeGreaterThan(1);
    expect(scene.gateway.calls.every(({ rawPath }) => rawPath.startsWith(`${pathPrefix}/`))).toBe(true);
  });
});

/** What an app may expect of each step, and what of it reaches WeChat. */
const CHECKS: Readonly<Record<Step, (app: DriverProcess, scene: SdkScene) => Promise<void>>> = {
  async token(app, { rig, appId }) {
    const issued = rig.simulator.account(appId).issued('stable');
    expect(await app.bring('token')).toMatch(/^[A-Za-z0-9_-]{33,400}$/);
    expect(rig.simulator.account(appId).issued('stable')).toBe(issued);
  },
  async ipList(app, { rig }) {
    rig.simulator.setServerIps({ callback: ['203.0.113.7', '203.0.113.8'] });
    expect(await app.bring('ipList')).toEqual(['203.0.113.7', '203.0.113.8']);
  },
  async userInfo(app) {
    expect(await app.bring('userInfo', OPEN_ID)).toMatchObject({ openid: OPEN_ID, nickname: '微信用户·张三' });
  },
  async menu(app) {
    expect(await app.bring('menu')).toMatchObject({ menu: { button: [{ name: '今日歌曲' }] } });
  },
  async message(app, { rig }) {
    await app.bring('message', MESSAGE);
    const sent = await rig.simulator.log.waitFor(({ path }) => path === '/cgi-bin/message/custom/send');
    expect(JSON.parse(sent.body.toString())).toMatchObject({ msgtype: 'text', text: { content: MESSAGE } });
  },
  async upload(app) {
    expect(await app.bring('upload', imageFile(IMAGE))).toEqual(expect.any(String));
  },
  async download(app) {
    const mediaId = await app.bring('upload', imageFile(IMAGE));
    const content = Buffer.from(String(await app.bring('download', String(mediaId))), 'base64');
    expect(content.equals(IMAGE)).toBe(true);
  },
  async ticket(app) {
    expect(await app.bring('ticket')).toMatch(/^[A-Za-z0-9_-]{64,}$/);
  },
  async login(app) {
    expect(await app.bring('login', `code-${randomBytes(4).toString('hex')}`)).toMatch(/^o/);
  },
};
