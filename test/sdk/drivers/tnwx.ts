import {
  AccessTokenApi,
  ApiConfig,
  ApiConfigKit,
  AxiosHttpKit,
  CallbackApi,
  CustomServiceApi,
  HttpKit,
  JsApiType,
  JsTicketApi,
  MediaApi,
  MediaType,
  MenuApi,
  MiniProgramApi,
  UserApi,
} from 'tnwx';
import { MENU } from './menu.ts';
import { accepted, driverSettings, serve } from './serve.ts';

const { baseUrl, appId, secret } = driverSettings();

/** The SDK has no base URL, but takes its HTTP client from outside. */
class GatewayHttpKit extends AxiosHttpKit {
  override httpGet(url: string, options?: object) {
    return super.httpGet(toGateway(url), options);
  }

  override httpPost(url: string, data: string, options?: object) {
    return super.httpPost(toGateway(url), data, options);
  }

  override upload(url: string, filePath: string, params?: string) {
    return super.upload(toGateway(url), filePath, params);
  }
}

function toGateway(url: string): string {
  return url.replace('https://api.weixin.qq.com', baseUrl);
}

HttpKit.setHttpDelegate = new GatewayHttpKit();
ApiConfigKit.putApiConfig(new ApiConfig(appId, secret, 'unused'));

await serve({
  token: async () => (await AccessTokenApi.getAccessToken()).getAccessToken,
  ipList: async () => accepted(await CallbackApi.getCallbackIp()).ip_list,
  userInfo: async (openId) => accepted(await UserApi.getUserInfo(openId)),
  menu: async () => {
    accepted(await MenuApi.create(JSON.stringify(MENU)));
    return accepted(await MenuApi.get());
  },
  message: async (text) => accepted(await CustomServiceApi.sendText('o1', text)),
  upload: async (path) => accepted(await MediaApi.uploadMedia(path, MediaType.IMAGE)),
  ticket: async () => JSON.parse((await JsTicketApi.getTicket(JsApiType.JSAPI)).getCacheJson).ticket,
  login: async (code) => accepted(await MiniProgramApi.code2Session(appId, secret, code)).openid,
});
