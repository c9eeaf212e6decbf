// What the drivers use of each SDK. Most bring no types, and the types of those that do are there only after `npm ci --prefix test/sdk`.

declare module 'co-wechat-api' {
  export default class API {
    constructor(appId: string, secret: string);
    ensureAccessToken(): Promise<{ accessToken: string }>;
    getIp(): Promise<{ ip_list: string[] }>;
    getUser(openId: string): Promise<object>;
    createMenu(menu: object): Promise<object>;
    getMenu(): Promise<object>;
    sendText(openId: string, text: string): Promise<object>;
    uploadImageMedia(path: string): Promise<{ media_id: string }>;
    getMedia(mediaId: string): Promise<Buffer>;
    getTicket(): Promise<{ ticket: string }>;
    code2Session(code: string): Promise<{ openid: string }>;
  }
}

declare module 'wechat-api' {
  type Callback<Answer> = (error: Error | null, answer: Answer) => void;
  export default class API {
    constructor(appId: string, secret: string);
    endpoint: string;
    readonly getLatestToken: (callback: Callback<{ accessToken: string }>) => void;
    readonly getIp: (callback: Callback<{ ip_list: string[] }>) => void;
    readonly getUser: (openId: string, callback: Callback<object>) => void;
    readonly createMenu: (menu: object, callback: Callback<object>) => void;
    readonly getMenu: (callback: Callback<object>) => void;
    readonly sendText: (openId: string, text: string, callback: Callback<object>) => void;
    readonly uploadMedia: (path: string, type: string, callback: Callback<{ media_id: string }>) => void;
    readonly getMedia: (mediaId: string, callback: Callback<Buffer>) => void;
    readonly getTicket: (callback: Callback<{ ticket: string }>) => void;
  }
}

declare module 'node-easywechat' {
  interface Config {
    app_id: string;
    secret: string;
    http: { baseURL: string };
  }
  interface Answer {
    toObject(): Record<string, unknown>;
    getContent(): Buffer;
  }
  interface Client {
    get(path: string, payload?: object): Promise<Answer>;
    post(path: string, payload: object): Promise<Answer>;
    withFile(path: string, name: string): Client;
  }
  export class OfficialAccount {
    constructor(config: Config);
    getClient(): Client;
    getAccessToken(): { getToken(): Promise<string> };
    getTicket(): { getTicket(): Promise<string> };
  }
  export class MiniApp {
    constructor(config: Config);
    getUtils(): { codeToSession(code: string): Promise<{ openid: string }> };
  }
}

declare module 'wechat-jssdk' {
  export class Wechat {
    constructor(config: object);
    readonly jssdk: {
      getAccessToken(): Promise<{ access_token: string }>;
      prepareGlobalToken(): Promise<{ accessToken: string }>;
      getJsApiTicket(accessToken: string): Promise<{ ticket: string }>;
    };
    readonly miniProgram: { getSession(code: string): Promise<{ openid: string }> };
  }
}

declare module 'tnwx' {
  interface Answer {
    readonly errcode?: number;
    readonly ip_list?: string[];
    readonly openid?: string;
  }
  export class AxiosHttpKit {
    httpGet(url: string, options?: object): Promise<Answer>;
    httpPost(url: string, data: string, options?: object): Promise<Answer>;
    upload(url: string, filePath: string, params?: string): Promise<Answer>;
  }
  export const HttpKit: {
    setHttpDelegate: AxiosHttpKit;
  };
  export const ApiConfig: new (appId: string, secret: string, token: string) => object;
  export const ApiConfigKit: {
    putApiConfig(config: object): void;
  };
  export const AccessTokenApi: {
    getAccessToken(): Promise<{ readonly getAccessToken: string }>;
  };
  export const CallbackApi: {
    getCallbackIp(): Promise<Answer>;
  };
  export const CustomServiceApi: {
    sendText(openId: string, text: string): Promise<Answer>;
  };
  export const JsApiType: {
    readonly JSAPI: string;
  };
  export const JsTicketApi: {
    getTicket(type: string): Promise<{ readonly getCacheJson: string }>;
  };
  export const MediaType: {
    readonly IMAGE: string;
  };
  export const MediaApi: {
    uploadMedia(path: string, type: string): Promise<Answer>;
  };
  export const MenuApi: {
    create(menu: string): Promise<Answer>;
    get(): Promise<Answer>;
  };
  export const MiniProgramApi: {
    code2Session(appId: string, secret: string, code: string): Promise<Answer>;
  };
  export const UserApi: {
    getUserInfo(openId: string): Promise<Answer>;
  };
}
