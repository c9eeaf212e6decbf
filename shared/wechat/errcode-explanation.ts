import { type ErrcodeEntry, errcodeEntries } from './errcode.ts';

/** The languages that errcodes are explained in. */
export const LANGUAGES = ['en', 'zh'] as const;

/** One of {@link LANGUAGES}. */
export type Language = (typeof LANGUAGES)[number];

/** What an errcode means, what usually leads to it, and the next step: in one language. */
export interface ErrcodeText {
  readonly meaning: string;
  readonly cause: string;
  readonly nextStep: string;
}

/** An errcode explained in both languages. */
export interface ErrcodeExplanation extends Readonly<Record<Language, ErrcodeText>> {
  readonly code: number;
  readonly retry: ErrcodeEntry['retry'];
  /** Path of the page on developers.weixin.qq.com, or as in {@link ErrcodeEntry}. */
  readonly source: string;
}

// code | cause | 含义 | 原因 | 下一步. What is missing here in English stands in errcode.ts. Operators' text: the function that answers calls does not load it.
const TABLE = `
-1 | WeChat's servers are overloaded or failed; behind the gateway also: nothing was sent, because no token, table or upstream could be reached. | 系统繁忙 | 微信服务器过载或出错；经网关返回时也可能是：没有可用的 token，或数据表、上游无法访问，请求并未发出。 | 稍候再调用。不要盲目重发消息类请求，它可能已经执行。
0 | The call succeeded. | 成功 | 调用成功。 | 无需处理。
40001 | The token was replaced (somebody else issued one), was forced out, or never belonged to this account; with a secret: it was reset. | access_token 无效或不是最新的 | token 已被替换（别的系统也在获取）、被强制刷新，或不属于该账号；带密钥的调用：AppSecret 已重置。 | 业务调用：刷新 token 后重试一次。若来自获取 token 的接口或带密钥的调用：AppSecret 有误，请存入当前的 AppSecret。
40002 | grant_type is misspelt or missing. | grant_type 无效 | grant_type 拼写错误或缺失。 | 改正 grant_type：获取 token 时为 client_credential。
40003 | The openid is another account's, or mistyped. | openid 无效 | openid 属于其他账号，或写错。 | 确认该 openid 属于本账号，且用户已关注。
40006 | The file, or the whole body, is larger than allowed. | 文件大小无效 | 文件或整个请求体超过限制。 | 减小内容：网关的请求体上限为 4,000,000 字节，微信对某些上传的限制更低。
40007 | Temporary media have expired, or the media_id is another account's. | media_id 无效 | 临时素材已过期，或 media_id 属于其他账号。 | 检查 media_id：临时素材只保留 3 天，且只能在所属账号内使用。
40013 | The app ID is mistyped, or the gateway does not have the account or has it disabled. | appid 无效 | appid 写错，或网关中没有该账号、或已停用。 | 检查 appid（区分大小写），并确认账号存在且已启用。
40014 | The token was cut off or altered on its way, or is not this account's latest. | access_token 无效 | token 在传递中被截断或改动，或不是本账号最新的。 | 与 40001 相同：刷新 token 后重试一次。
40029 | The code was issued for another app ID, or is mistyped. | code 无效 | code 属于其他 appid，或写错。 | 让用户重新获取登录 code：一个 code 只能在本账号使用一次。
40033 | JSON was written with \\uXXXX escapes. | 字符编码无效：不接受 \\uXXXX 转义 | JSON 中的中文被转成了 \\uXXXX。 | 直接发送 UTF-8 原文，不要使用 Unicode 转义。
40066 | The path is misspelt or holds a double slash. | url 无效 | 接口路径拼写错误，或出现双斜杠。 | 对照微信文档检查路径：base URL 末尾不要带斜杠。
40097 | A parameter is missing, of the wrong type or out of range. | 参数无效 | 参数缺失、类型不符或超出范围。 | 对照该接口的文档检查参数。
40125 | The secret was reset in the console, or another account's was stored; from the gateway: the caller key is wrong. | AppSecret 无效 | AppSecret 已在后台重置，或存入了别的账号的密钥；由网关返回时：调用方密钥有误。 | 存入该账号当前的 AppSecret；遗失时在后台重置。
40163 | The same code was sent twice. | code 已被使用 | 同一个 code 被提交了两次。 | 让用户重新获取登录 code：一个 code 只能用一次。
40164 | The call left from an address that is not in the account's API IP allow-list. | IP 不在白名单中 | 发出请求的地址不在该账号的 API IP 白名单里。 | 把报错文字中的地址（网关的出口地址）加入 API IP 白名单，约 10 分钟内生效。
40201 | callback/check was called for an account without a callback URL. | 未配置回调 URL | 账号没有配置消息推送的回调 URL。 | 先配置该账号的回调 URL。
40202 | action is not one of the three. | 检测动作 action 无效 | action 不是允许的三个值之一。 | 使用 all、dns 或 ping。
40203 | check_operator is not one of the four. | 检测运营商无效 | check_operator 不是允许的四个值之一。 | 使用 DEFAULT、CHINANET、UNICOM 或 CAP。
40230 | API security is on for this API and the call is not signed. | 缺少 Wechatmp-Serial | 该接口启用了 API 安全，但请求没有签名头。 | 按文档发送 API 安全要求的请求头。
40231 | Keys, headers or encryption differ from what is set in the console. | API 安全：请求头、签名或加密未通过 | 密钥、请求头或加密方式与后台配置不一致。 | 对照文档检查密钥、请求头、签名和加密。
40232 | Keys, headers or encryption differ from what is set in the console. | API 安全：请求头、签名或加密未通过 | 密钥、请求头或加密方式与后台配置不一致。 | 对照文档检查密钥、请求头、签名和加密。
40233 | Keys, headers or encryption differ from what is set in the console. | API 安全：请求头、签名或加密未通过 | 密钥、请求头或加密方式与后台配置不一致。 | 对照文档检查密钥、请求头、签名和加密。
40234 | The signature was made for another URL, time, body or key. | 签名无效 | 签名所用的 URL、时间、内容或密钥与请求不符。 | 按 https://api.weixin.qq.com 加准确路径签名，使用后台设置的密钥，并原样发送被签名的字节。
40235 | The body was encrypted with another key, algorithm or additional data. | 加密无效 | 加密所用的密钥、算法或附加数据不符。 | 对照文档检查密钥编号、算法和附加数据（路径、appid、时间、密钥编号）。
40236 | Keys, headers or encryption differ from what is set in the console. | API 安全：请求头、签名或加密未通过 | 密钥、请求头或加密方式与后台配置不一致。 | 对照文档检查密钥、请求头、签名和加密。
40237 | Keys, headers or encryption differ from what is set in the console. | API 安全：请求头、签名或加密未通过 | 密钥、请求头或加密方式与后台配置不一致。 | 对照文档检查密钥、请求头、签名和加密。
40238 | Keys, headers or encryption differ from what is set in the console. | API 安全：请求头、签名或加密未通过 | 密钥、请求头或加密方式与后台配置不一致。 | 对照文档检查密钥、请求头、签名和加密。
40239 | Keys, headers or encryption differ from what is set in the console. | API 安全：请求头、签名或加密未通过 | 密钥、请求头或加密方式与后台配置不一致。 | 对照文档检查密钥、请求头、签名和加密。
40240 | Keys, headers or encryption differ from what is set in the console. | API 安全：请求头、签名或加密未通过 | 密钥、请求头或加密方式与后台配置不一致。 | 对照文档检查密钥、请求头、签名和加密。
40243 | Somebody froze the secret in the console. | AppSecret 已被冻结 | 有人在后台冻结了 AppSecret。 | 在后台解冻，10 分钟后生效。
41001 | The call carries no credential, or it was lost on the way. | 缺少 access_token | 请求没有携带凭证，或在途中丢失。 | 携带凭证：查询参数中的网关 token，或 Bearer 调用方密钥。
41002 | The call names no account. | 缺少 appid | 请求没有指明账号。 | 指明账号：appid 参数或 X-WeChat-AppId 请求头。
41004 | The parameter secret is missing. | 缺少 appsecret | 缺少 secret 参数。 | 发送 secret：对网关而言就是调用方密钥。
42001 | The token outlived its two hours. | access_token 已过期 | token 超过了两小时有效期。 | 刷新 token 后重试一次。
42002 | The user's authorisation is too old, or was obtained outside the gateway. | refresh_token 已过期 | 用户授权已过期，或不是经网关获得。 | 引导用户重新授权。
42003 | The user took too long between authorising and logging in. | code 已过期 | 用户授权后过了太久才登录。 | 让用户重新获取登录 code。
42006 | The third-party platform did not refresh its own token. | component_access_token 已过期 | 第三方平台没有刷新自己的 token。 | 刷新第三方平台的 token 后重试一次。
42007 | The user changed the WeChat password. | 用户修改微信密码后，access_token 和 refresh_token 失效 | 用户修改了微信密码。 | 用户或商家需重新授权。
43001 | The call was made with POST. | 需要 GET 请求 | 使用了 POST。 | 改用 GET。
43002 | The call was made with GET, or a method that the gateway does not take. | 需要 POST 请求 | 使用了 GET，或网关不支持的方法。 | 改用 POST。
43003 | The call was made over http. | 需要 HTTPS 请求 | 使用了 http。 | 改用 https。
44001 | The file's part is empty or misnamed. | 多媒体文件为空 | 文件部分为空或名称不对。 | 在名为 media 的部分发送文件内容。
44002 | The call has no body. | POST 数据为空 | 请求没有请求体。 | 发送请求体：许多接口至少需要 {}。
44003 | The list of articles, or an article's content, is empty. | 图文消息内容为空 | 图文列表或文章内容为空。 | 至少发送一篇含内容的图文。
45002 | The text is longer than this API takes. | 消息内容超过限制 | 文字超过该接口的长度限制。 | 缩短内容。
45009 | The account, or the caller's own share at the gateway, has used up the day. | 接口当日调用额度已用完 | 账号当日额度，或该调用方在网关的份额，已用完。 | 等到北京时间零点，或清零额度（每月 10 次）；openapi/quota/get 可查已用量。个别接口的额度按分钟计。
45011 | Too many calls in one minute. | 每分钟调用过于频繁 | 一分钟内调用过多。 | 放慢速度，下一分钟再调用。
45035 | The store's own IP allow-list lacks the address. | 访问 IP 未登记，不在白名单 | 小店（视频号）自己的 IP 白名单里没有该地址。 | 把网关的出口地址加入小店的 IP 白名单。
45047 | More customer messages were sent than the user's last message allows. | 客服消息下行条数超过上限 | 超过了用户上一条消息所允许的客服消息条数。 | 等用户再次发来消息：客服消息按收到的消息计数。
47001 | The body is not JSON, or was sent as a form or in chunks. | 数据格式错误 | 请求体不是 JSON，或以表单、分块方式发送。 | 发送合法的 JSON 或 XML，不分块，并使用正确的 Content-Type。
47002 | JSON was written with Unicode escapes. | 数据格式错误：不接受 JSON Unicode 转义 | JSON 使用了 Unicode 转义。 | 直接发送 UTF-8 原文。
48001 | The account's type lacks this API, it is not switched on, or the caller is not granted the path. | 接口未授权 | 账号类型没有该接口、接口未开通，或调用方没有该路径的授权。 | 在后台确认账号有此接口权限；若由网关返回：确认已授予调用方该路径。
48004 | The account was penalised. | 接口因违规被封禁 | 账号被处罚。 | 到 mp.weixin.qq.com 查看原因；只有账号所有者能解除。
48006 | The month's clearings are used up. | 清零次数已达上限 | 当月清零次数已用完。 | 等到下个月。
50001 | The account or the user has not authorised this API. | 用户未授权该接口 | 账号或用户没有授权该接口。 | 取得用户或账号对该接口的授权。
50002 | The user or the account is frozen or closed. | 用户受限 | 用户或账号的微信被冻结或注销。 | 到后台查看账号状态。
50004 | The account is penalised. | 账号被禁止使用 token 接口 | 账号被处罚。 | 到后台查看处罚。
50005 | The user unfollowed or never followed. | 用户未关注公众号 | 用户取消了关注或从未关注。 | 该接口只能触达已关注的用户。
50007 | The account was frozen by WeChat. | 账号已被冻结 | 账号被微信冻结。 | 到后台查看原因。
61003 | The account withdrew or never gave the authorisation. | 账号未授权该第三方平台 | 账号取消或从未给出授权。 | 请账号完成授权。
61004 | The address is missing in the third-party platform's or the store's allow-list. | 访问 IP 未登记 | 第三方平台或小店的白名单里没有该地址。 | 把报错文字中的地址加入第三方平台或小店的 IP 白名单。
61005 | The platform missed the latest ticket push. | component ticket 已过期 | 平台没有收到最近一次 ticket 推送。 | 等待下一次 ticket 推送（每 10 分钟）。
61006 | The platform used another ticket than the latest. | component ticket 无效 | 平台使用的不是最新的 ticket。 | 等待下一次 ticket 推送（每 10 分钟）并使用该 ticket。
61007 | The set of permissions was not authorised. | 第三方平台没有该接口权限 | 账号没有授权该权限集。 | 请账号授权该权限集。
61011 | The component's app ID is mistyped. | 第三方平台 appid 无效 | component_appid 写错。 | 检查第三方平台的 appid。
61014 | An account's token was used in place of the platform's. | 必须使用第三方平台的 token | 使用了账号的 token。 | 使用第三方平台自己的 token。
61023 | The authorizer's refresh_token is old, or the authorisation was withdrawn. | refresh_token 无效 | authorizer_refresh_token 已旧，或授权已取消。 | 请账号重新授权，或使用最新的 authorizer_refresh_token。
61024 | The account is bound to a third-party platform. | 该账号需要使用第三方平台的 token | 账号已绑定第三方平台。 | 使用 api_component_token。
76001 | The rid is mistyped or gone. | rid 不存在 | rid 写错或已删除。 | 检查 rid：只保留 7 天。
76002 | The rid is not in WeChat's form. | rid 错误 | rid 格式不对。 | 检查 rid 的拼写。
76003 | The rid is another account's, or the cgi_path has a host or no leading slash. | rid：无权查看；额度接口：cgi_path 写法有误 | rid 属于别的账号，或 cgi_path 带有域名、缺少开头的斜杠。 | rid 只能由所属账号查询。cgi_path 以 / 开头且不含域名。
76004 | The call was made over a week ago. | rid 已超过 7 天 | 该请求发生在 7 天以前。 | 已无法再查询。
76021 | The path is misspelt, or has no quota. | cgi_path 不存在 | 路径写错，或该接口没有额度。 | 对照接口文档检查路径；/sns/ 路径没有额度。
76022 | The account's type does not have this API. | 该 token 没有此 cgi_path 的权限 | 账号类型没有该接口。 | 使用具有该接口的账号类型。
85105 | Cloud hosting was not allowed to call this account's APIs. | 云托管调用未授权 | 云托管没有获得调用该账号接口的授权。 | 在云托管控制台授权。
85107 | The path is not in cloud hosting's allow-list. | 路径不在云托管的允许列表中 | 云托管的允许列表里没有该路径。 | 在云托管控制台添加该路径。
85112 | The open-interface service is off, or the version is older than it. | 找不到云托管密钥 | 未开启开放接口服务，或版本早于开启时间。 | 开启开放接口服务并重新部署版本。
85113 | The version was deployed a moment ago. | 云托管 token 尚未就绪 | 版本刚刚部署。 | 部署几分钟后再调用。
89501 | An earlier request to confirm was not answered. | 有未处理的确认请求 | 之前的确认请求尚未处理。 | 请账号管理员先处理之前的请求。
89502 | The administrator has not answered yet. | 等待管理员确认 | 管理员尚未答复。 | 请账号管理员确认。
89503 | The call left from an address that WeChat finds suspicious and that is not in the allow-list. | 本次调用需要管理员确认 | 发出请求的地址不在白名单中，被微信视为有风险。 | 管理员已收到消息：确认该出口地址，并把它加入 IP 白名单以免再次发生。
89504 | The administrator has not answered yet. | 等待管理员确认 | 管理员尚未答复。 | 请账号管理员确认。
89505 | The administrator has not answered yet. | 等待管理员确认 | 管理员尚未答复。 | 请账号管理员确认后再调用。
89506 | The administrator said no to this address twice. | 管理员两次拒绝了该地址 | 管理员拒绝了该地址的调用。 | 与管理员沟通，把该地址加入 IP 白名单，24 小时后再调用。
89507 | The administrator said no to this address. | 管理员拒绝了该地址 | 管理员拒绝了该地址的调用。 | 与管理员沟通，把该地址加入 IP 白名单，1 小时后再调用。
990401 | Somebody else keeps replacing the token, the account is restricted, or its secret is wrong. | 更换 access_token 后仍被微信拒绝，或 AppSecret 被拒绝 | 有其他系统不断替换 token、账号受限，或 AppSecret 有误。 | 查看该账号状态中的最近一次失败；可能是密钥有误或账号受限。
990413 | WeChat's answer is over 4.4 million bytes. | 应答过大，网关无法返回 | 微信的应答超过 440 万字节。 | 请求更少的数据，或直接调用微信。
990504 | The connection broke or timed out after the call had been sent. | 请求可能已到达微信，但没有收到完整应答 | 请求发出后连接中断或超时。 | 重复调用前，先确认它是否已经执行。
`;

function parseRow(row: string): ErrcodeExplanation {
  const [code, cause, meaningZh, causeZh, nextStepZh, ...rest] = row.split(' | ');
  const entry = errcodeEntries().get(Number(code));
  if (entry === undefined || !cause || !meaningZh || !causeZh || !nextStepZh || rest.length > 0) {
    throw new Error(`errcode explanations: bad row: ${row}`);
  }
  return {
    code: entry.code,
    retry: entry.retry,
    source: entry.source,
    en: { meaning: entry.meaning, cause, nextStep: entry.advice },
    zh: { meaning: meaningZh, cause: causeZh, nextStep: nextStepZh },
  };
}

let explanations: ReadonlyMap<number, ErrcodeExplanation> | undefined;

/** The explanation of an errcode, WeChat's or our own; `undefined` for one that the table does not have. */
export function errcodeExplanation(code: number): ErrcodeExplanation | undefined {
  explanations ??= new Map(
    TABLE.trim()
      .split('\n')
      .map((row) => parseRow(row))
      .map((explanation) => [explanation.code, explanation]),
  );
  return explanations.get(code);
}
