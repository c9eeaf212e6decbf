import { MiniApp, OfficialAccount } from 'node-easywechat';
import { MENU } from './menu.ts';
import { accepted, driverSettings, serve } from './serve.ts';

const { baseUrl, appId, secret } = driverSettings();
const config = { app_id: appId, secret, http: { baseURL: `${baseUrl}/` } };
const account = new OfficialAccount(config);
const miniProgram = new MiniApp(config);
const client = account.getClient();

await serve({
  token: () => account.getAccessToken().getToken(),
  ipList: async () => accepted((await client.get('cgi-bin/getcallbackip')).toObject())['ip_list'],
  userInfo: async (openid) => accepted((await client.get('cgi-bin/user/info', { params: { openid } })).toObject()),
  menu: async () => {
    accepted((await client.post('cgi-bin/menu/create', { json: MENU })).toObject());
    return accepted((await client.get('cgi-bin/menu/get')).toObject());
  },
  message: async (content) => {
    const json = { touser: 'o1', msgtype: 'text', text: { content } };
    return accepted((await client.post('cgi-bin/message/custom/send', { json })).toObject());
  },
  upload: async (path) => {
    const upload = client.withFile(path, 'media').post('cgi-bin/media/upload', { params: { type: 'image' } });
    return accepted((await upload).toObject())['media_id'];
  },
  download: async (mediaId) => {
    const request = { params: { media_id: mediaId }, responseType: 'arraybuffer' };
    return (await client.get('cgi-bin/media/get', request)).getContent().toString('base64');
  },
  ticket: () => account.getTicket().getTicket(),
  login: async (code) => (await miniProgram.getUtils().codeToSession(code)).openid,
});
