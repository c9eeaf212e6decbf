import * as fc from 'fast-check';

/** A call as hostile bytes: what a client writes after the method and before the body. Every character is one byte. */
export interface HostileCall {
  readonly method: string;
  /** Path and query as they go into the request line. */
  readonly path: string;
  readonly query: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array | undefined;
}

/** Names that the generated calls are made of. */
export interface FuzzNames {
  /** The credential that calls are let in with. */
  readonly callerKey: string;
  readonly appId: string;
  /** `host:port` that nothing may ever be sent to. */
  readonly forbiddenHost: string;
}

/** Stands in every credential that a call brings along: no request to WeChat may hold it. */
export const SECRET_MARK = 'cAnArYsEcReT';

const CREDENTIALS = ['access_token', 'cloudbase_access_token', 'component_access_token', 'secret', 'appsecret'];
const GOOD_PATHS = (
  '/cgi-bin/user/info /cgi-bin/message/custom/send /cgi-bin/menu/get /wxa/getwxacodeunlimit /device/bind ' +
  '/cgi-bin/media/get_x-y.z'
).split(' ');
const CLOSED_PATHS = (
  '/cgi-bin/token /cgi-bin/stable_token /cgi-bin/component/api_component_token /cgi-bin/clear_quota/v2 ' +
  '/cgi-bin/openapi/rid/get /sns/userinfo /datacube/getusersummary /gateway/token'
).split(' ');
const PATH_PIECES = (
  '/ // /. /.. /../ /./ %2f %252F %25252f %2e%2e %2E . .. \\ %5c /..;/ %00 %2500 %0d%0a %250d%250a %20 %3f ' +
  '%253fa=b %23 %26 %3b ; ;a=b @ : * % %2 %zz %u002f %c0%af %ff %e4%bd%a0 a Z 0 _ - ~ $ %24 + , | "'
).split(' ');
const NAME_PADDING = [
  '',
  '',
  '',
  '+',
  '%20',
  '%09',
  '%0d%0a',
  '%00',
  '%2500',
  '%E3%80%80',
  '[]',
  '%5B%5D',
  '[0]',
  '[a][]',
];
const SEPARATORS = ['&', '&', '&', ';', '&&', '&;', '?', '%26', '%3B', '%2526', ',', '&amp;', '%0a'];
const VALUES = [
  '',
  '=',
  '==',
  'a',
  '+',
  '%2f',
  '%252f',
  '[]',
  '{"a":1}',
  '%00',
  '%ff',
  '%E4%BD%A0',
  "'",
  'a=b',
  '\\',
  '*',
];
const LETTERS = Array.from(
  'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.~!$&()*+,;=:@/?%[]{}|\\^`<>"\'',
);

const hexOf = (sign: string): string => sign.charCodeAt(0).toString(16).padStart(2, '0');

/** One sign in the spellings that some decoder takes for it. */
function spelled(sign: string, choice: number): string {
  const hex = hexOf(sign);
  switch (choice) {
    case 0:
      return sign.toUpperCase();
    case 1:
      return `%${hex}`;
    case 2:
      return `%25${hex.toUpperCase()}`;
    case 3:
      return `%2525${hex}`;
    case 4:
      return `%%3${hex.charAt(0)}${hex.charAt(1)}`;
    case 5:
      return `%${Array.from(hex, (digit) => `%${hexOf(digit)}`).join('')}`;
    default:
      return sign;
  }
}

/** The text with some of its signs, none or all of them spelled oddly: a digit per sign says how. */
const disguised = (text: string): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(6, 9, 60), fc.array(fc.nat(255), { minLength: text.length, maxLength: text.length }))
    .map(([range, choices]) =>
      Array.from(text, (sign, index) => spelled(sign, (choices[index] ?? 0) % range)).join(''),
    );

const joined = (parts: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<string> =>
  fc.array(parts, { maxLength }).map((texts) => texts.join(''));

const oneOf = (texts: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...texts);

/** Disguising is set up once per text, not per call. */
const disguisedOneOf = (texts: readonly string[]): fc.Arbitrary<string> => fc.oneof(...texts.map(disguised));

function pathsWith(forbiddenHost: string): fc.Arbitrary<string> {
  const good = oneOf(GOOD_PATHS);
  const hosts = [`//${forbiddenHost}`, `http://${forbiddenHost}`, `/http://${forbiddenHost}`, `@${forbiddenHost}`];
  const piece = oneOf([...PATH_PIECES, `//${forbiddenHost}/`, `@${forbiddenHost}`, `:@${forbiddenHost}/`]);
  const spliced = fc
    .tuple(good, fc.nat(40), piece)
    .map(([path, at, odd]) => path.slice(0, at % (path.length + 1)) + odd + path.slice(at % (path.length + 1)));
  const elsewhere = fc.tuple(oneOf(hosts), good).map(([host, path]) => host + path);
  const closed = fc
    .tuple(disguisedOneOf(CLOSED_PATHS), fc.oneof(fc.constant(''), piece))
    .map((parts) => parts.join(''));
  const random = joined(fc.oneof(oneOf(PATH_PIECES), oneOf(LETTERS)), 12).map((text) => `/${text}`);
  return fc.oneof(
    { arbitrary: good, weight: 10 },
    { arbitrary: disguisedOneOf(GOOD_PATHS), weight: 4 },
    { arbitrary: spliced, weight: 4 },
    { arbitrary: closed, weight: 4 },
    { arbitrary: elsewhere, weight: 1 },
    { arbitrary: random, weight: 1 },
  );
}

/** A credential in some spelling of its name, with the mark for a value. */
const credential = fc
  .tuple(disguisedOneOf(CREDENTIALS), oneOf(NAME_PADDING), oneOf(NAME_PADDING), oneOf(['=', '=', '%3d', '%253D']))
  .map(
    ([name, before, after, equals]) => `${before.startsWith('[') ? '' : before}${name}${after}${equals}${SECRET_MARK}`,
  );
const parameter = fc
  .tuple(oneOf(['openid', 'a', 'type', 'lang[]', '%61', 'token', 'x']), oneOf(VALUES))
  .map((pair) => pair.join('='));
const noise = joined(oneOf([...LETTERS, '%61', '%25', '%5f', '%00', 'access', '_token', 'secret']), 10);

const query: fc.Arbitrary<string> = fc
  .array(
    fc.tuple(
      fc.oneof(
        { arbitrary: credential, weight: 4 },
        { arbitrary: parameter, weight: 3 },
        { arbitrary: noise, weight: 1 },
      ),
      oneOf(SEPARATORS),
    ),
    { maxLength: 5 },
  )
  .map((parts) =>
    parts.map(([text, separator], index) => (index === 0 ? text : separator + behind(separator, text))).join(''),
  );

/** Behind a separator that WeChat does not split at, a credential's value is part of another value, which is data: no mark then. */
function behind(separator: string, text: string): string {
  return /[&;]/.test(separator) ? text : text.replaceAll(SECRET_MARK, 'data');
}

function headersWith({ callerKey, appId, forbiddenHost }: FuzzNames): fc.Arbitrary<HostileCall['headers']> {
  const names = (
    'content-type accept Accept-Language wechatmp-appid Wechatmp-Signature wechatmp-x_y wechatmp- ' +
    'accept-encoding x-api-key constructor __proto__ content-md5 x-wechat-secret cookie via x-forwarded-host ' +
    'x-original-url x-rewrite-url x-http-method-override forwarded user-agent'
  ).split(' ');
  const values = [
    'application/json',
    'text/plain; charset=utf-8',
    'multipart/form-data; boundary=x',
    '*/*',
    '',
    ' ',
    '\t',
    'a,b',
    '\u00e4\u00ff',
    'a\u0000b',
    'a\u007fb',
    'a\r\nx-injected: 1',
    'a\nhost: evil',
    '/sns/userinfo',
    '%0d%0a',
    `http://${forbiddenHost}/`,
    forbiddenHost,
    `for=${forbiddenHost}`,
  ];
  const odd = fc.tuple(oneOf(names), oneOf(values));
  const secretive = fc
    .tuple(
      oneOf(['x-api-key', 'cookie', 'proxy-authorization', 'x-wechat-secret', 'access_token', 'secret']),
      oneOf([callerKey, SECRET_MARK]),
    )
    .map(([name, value]): [string, string] => [name, value]);
  const authorization = fc.oneof(
    { arbitrary: fc.constant([['Authorization', `Bearer ${callerKey}`]]), weight: 16 },
    { arbitrary: fc.constant([['authorization', `bearer  ${callerKey} `]]), weight: 2 },
    {
      arbitrary: fc.constant([
        ['Authorization', `Bearer ${callerKey}`],
        ['authorization', 'Bearer x'],
      ]),
      weight: 1,
    },
    { arbitrary: fc.constant([['authorization', `Basic ${SECRET_MARK}`]]), weight: 1 },
    { arbitrary: fc.constant([]), weight: 1 },
  );
  const account = fc.oneof(
    { arbitrary: fc.constant([]), weight: 4 },
    { arbitrary: oneOf([appId]).map((value) => [['x-wechat-appid', value]]), weight: 4 },
    {
      arbitrary: oneOf(['wx0', '../TOKEN#', `${appId},x`, ` ${appId}`]).map((value) => [['X-WeChat-AppId', value]]),
      weight: 1,
    },
  );
  return fc
    .tuple(authorization, account, fc.array(fc.oneof(odd, secretive), { maxLength: 3 }))
    .map((parts) => parts.flat().map(([name = '', value = '']): [string, string] => [name, value]));
}

/** Calls that mean harm, of which about half are let in: what they may do is the question. */
export function hostileCalls(names: FuzzNames): fc.Arbitrary<HostileCall> {
  return fc.record({
    method: fc.oneof(
      { arbitrary: oneOf(['GET', 'POST']), weight: 15 },
      { arbitrary: oneOf(['PUT', 'get', 'CONNECT']), weight: 1 },
    ),
    path: pathsWith(names.forbiddenHost),
    query: fc.oneof({ arbitrary: query, weight: 9 }, { arbitrary: noise, weight: 1 }),
    headers: headersWith(names),
    body: fc.option(fc.uint8Array({ maxLength: 12 }), { nil: undefined }),
  });
}
