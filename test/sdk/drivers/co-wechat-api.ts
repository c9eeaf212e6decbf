import CoWechatApi from 'co-wechat-api';
import { MENU } from './menu.ts';
import { driverSettings, serve } from './serve.ts';

const { baseUrl, appId, secret } = driverSettings();
const api = new CoWechatApi(appId, secret);
Object.assign(api, {
  prefix: `${baseUrl}/cgi-bin/`,
  snsPrefix: `${baseUrl}/sns/`,
  fileServerPrefix: `${baseUrl}/cgi-bin/`,
  merchantPrefix: `${baseUrl}/merchant/`,
  customservicePrefix: `${baseUrl}/customservice/`,
  wxaPrefix: `${baseUrl}/wxa/`,
});

await serve({
  token: async () => (await api.ensureAccessToken()).accessToken,
  ipList: async () => (await api.getIp()).ip_list,
  userInfo: (openId) => api.getUser(openId),
  menu: async () => {
    await api.createMenu(MENU);
    return api.getMenu();
  },
  message: async (text) => api.sendText('o1', text),
  upload: async (path) => (await api.uploadImageMedia(path)).media_id,
  download: async (mediaId) => (await api.getMedia(mediaId)).toString('base64'),
  ticket: async () => (await api.getTicket()).ticket,
  login: async (code) => (await api.code2Session(code)).openid,
});
