import { promisify } from 'node:util';
import WechatApi from 'wechat-api';
import { MENU } from './menu.ts';
import { driverSettings, serve } from './serve.ts';

const { baseUrl, appId, secret } = driverSettings();
const api = new WechatApi(appId, secret);
// `api.setEndpoint('gateway.example.com')` does the same for https, which the gateway of the tests does not speak.
api.endpoint = baseUrl;

await serve({
  token: async () => (await promisify(api.getLatestToken).call(api)).accessToken,
  ipList: async () => (await promisify(api.getIp).call(api)).ip_list,
  userInfo: (openId) => promisify(api.getUser).call(api, openId),
  menu: async () => {
    await promisify(api.createMenu).call(api, MENU);
    return promisify(api.getMenu).call(api);
  },
  message: (text) => promisify(api.sendText).call(api, 'o1', text),
  upload: async (path) => (await promisify(api.uploadMedia).call(api, path, 'image')).media_id,
  download: async (mediaId) => (await promisify(api.getMedia).call(api, mediaId)).toString('base64'),
  ticket: async () => (await promisify(api.getTicket).call(api)).ticket,
});
