import type { ErrcodeEntry } from '#shared/wechat/errcode.ts';
import type { Language } from '#shared/wechat/errcode-explanation.ts';

type Texts = Readonly<Record<Language, string>>;

const HEALED: Texts = {
  en: 'has probed the token, issued a new one if it was dead, and made the call once more; you see this only where that did not help.',
  zh: '已探测 token，失效时重新获取并重放一次；只有仍无效时您才会看到它。',
};
const SECRET: Texts = {
  en: 'keeps serving the stored token to its end, waits 5 minutes between tries, raises an alarm, and goes on at once when "account set-secret" stores another secret.',
  zh: '继续使用已存的 token 直到其到期，每 5 分钟再试一次并发出告警；用 “account set-secret” 存入新密钥后立即恢复。',
};
const ADDRESS: Texts = {
  en: 'keeps serving the stored token to its end, tries again every 5 minutes (every hour once the administrator has blocked the address), and raises an alarm with the address.',
  zh: '继续使用已存的 token 直到其到期，每 5 分钟再试一次（管理员封禁地址后为每小时），并发出带有该地址的告警。',
};
const NOTHING: Texts = {
  en: 'passed the answer on as it came: this is between the caller and WeChat.',
  zh: '原样转交应答：这是调用方与微信之间的问题。',
};
const OWN: Texts = {
  en: 'made this answer itself; the header x-gateway-error and its log line name the cause.',
  zh: '此应答由网关给出；响应头 x-gateway-error 和日志行写明了原因。',
};

/** Where the gateway does more than passing an answer on. */
const PARTS: ReadonlyMap<number, Texts> = new Map([
  [
    -1,
    {
      en: 'repeats it up to twice, with random pauses, for calls that only read; sends and other writes are never repeated.',
      zh: '对只读调用随机间隔最多重试两次；发送等写操作绝不重试。',
    },
  ],
  [0, { en: 'has nothing to do.', zh: '无需处理。' }],
  [40125, SECRET],
  [40243, SECRET],
  [40164, ADDRESS],
  ...[89501, 89502, 89503, 89504, 89505, 89506, 89507].map((code) => [code, ADDRESS] as const),
  [
    45009,
    {
      en: 'adds nothing to the count: issues of tokens wait for the day’s end (UTC+8). "quota show" tells who used it up, "quota clear" clears it.',
      zh: '不再增加用量：获取 token 的调用等到北京时间零点。“quota show” 显示用量来源，“quota clear” 可清零。',
    },
  ],
  [
    45011,
    {
      en: 'answers with retry-after, the seconds to the next minute; issues of tokens wait for it.',
      zh: '应答带有 retry-after（到下一分钟的秒数）；获取 token 的调用也会等待。',
    },
  ],
  [
    48006,
    {
      en: 'counts the clears of each month, and refuses one too many before it is sent.',
      zh: '按月统计清零次数，超出时在发出前拒绝。',
    },
  ],
]);

/** What the gateway does, or has done already, about an errcode. */
export function gatewayPart(code: number, retry: ErrcodeEntry['retry']): Texts {
  // 42006 is the token of a third-party platform, which the gateway does not hold.
  if (retry === 'once' && code !== 42006) return HEALED;
  return PARTS.get(code) ?? (code >= 990_000 ? OWN : NOTHING);
}
