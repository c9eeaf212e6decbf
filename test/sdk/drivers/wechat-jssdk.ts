import { Wechat } from 'wechat-jssdk';
import { driverSettings, serve } from './serve.ts';

const { baseUrl, appId, secret } = driverSettings();
const { jssdk, miniProgram } = new Wechat({
  appId,
  appSecret: secret,
  accessTokenUrl: `${baseUrl}/cgi-bin/token`,
  ticketUrl: `${baseUrl}/cgi-bin/ticket/getticket`,
  apiUrl: baseUrl,
  miniProgram: { appId, appSecret: secret, GET_SESSION_KEY_URL: `${baseUrl}/sns/jscode2session` },
});

await serve({
  token: async () => (await jssdk.getAccessToken()).access_token,
  ticket: async () => {
    const { accessToken } = await jssdk.prepareGlobalToken();
    return (await jssdk.getJsApiTicket(accessToken)).ticket;
  },
  login: async (code) => (await miniProgram.getSession(code)).openid,
});
