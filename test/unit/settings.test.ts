import { describe, expect, it } from 'vitest';
import { asText, readSettings, SettingsError } from '#shared/lambda/settings.ts';
import { callWechatApiSettings } from '../../functions/call-wechat-api/settings.ts';
import { refreshAccessTokenSettings } from '../../functions/refresh-access-token/settings.ts';

const asPort = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new Error(`"${text}" is not a port`);
  return Number(text);
};
const definition = {
  name: { variable: 'NAME', parse: asText },
  port: { variable: 'PORT', parse: asPort, fallback: 80 },
} as const;

const faultsOf = (read: () => unknown): readonly string[] => {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
};

describe('the settings of a function', () => {
  it('are parsed, with a fallback for what is not set or empty', () => {
    expect(readSettings(definition, { NAME: 'a', PORT: '8080' })).toEqual({ name: 'a', port: 8080 });
    expect(readSettings(definition, { NAME: 'a' })).toEqual({ name: 'a', port: 80 });
    expect(readSettings(definition, { NAME: 'a', PORT: '' })).toEqual({ name: 'a', port: 80 });
  });

  it('name every fault at once', () => {
    const environment = { NAME: '', PORT: 'x' };
    const faults = faultsOf(() => readSettings(definition, environment));
    expect(faults).toEqual(['NAME: is required and not set', 'PORT: "x" is not a port']);
    expect(() => readSettings(definition, environment)).toThrow(faults.map((fault) => `  - ${fault}`).join('\n'));
  });
});

describe.each([
  ['call-wechat-api', callWechatApiSettings],
  ['refresh-access-token', refreshAccessTokenSettings],
] as const)('the settings of %s', (_, settings) => {
  const variables = Object.values(settings).map(({ variable }) => variable);

  it('have a variable each', () => {
    expect(new Set(variables).size).toBe(variables.length);
    expect(variables.every((variable) => /^[A-Z][A-Z_]+$/.test(variable))).toBe(true);
  });

  it('are missed by name', () => {
    const required = Object.values(settings).flatMap((one) => ('fallback' in one ? [] : [one.variable]));
    const faults = faultsOf(() => readSettings(settings, {}));
    expect(faults).toEqual(required.map((variable) => `${variable}: is required and not set`));
  });

  it.each(['api.weixin.qq.com', 'http://api.weixin.qq.com', 'https://api.weixin.qq.com/cgi-bin', 'ftp://x'])(
    'refuse %s as an origin',
    (origin) => {
      const everything = Object.fromEntries(variables.map((variable) => [variable, 'x']));
      const faults = faultsOf(() =>
        readSettings(settings, { ...everything, PATH_PREFIX: '', DOORS: '', UPSTREAM_ORIGINS: origin }),
      );
      expect(faults).toEqual([expect.stringMatching(/^UPSTREAM_ORIGINS: /)]);
    },
  );

  it('take several origins in their order', () => {
    const everything = Object.fromEntries(variables.map((variable) => [variable, 'x']));
    const UPSTREAM_ORIGINS = 'https://api.weixin.qq.com, https://api2.weixin.qq.com';
    const { upstreamOrigins } = readSettings(settings, { ...everything, PATH_PREFIX: '', DOORS: '', UPSTREAM_ORIGINS });
    expect(upstreamOrigins).toEqual(['https://api.weixin.qq.com', 'https://api2.weixin.qq.com']);
  });
});

it.each(['wechat', '/wechat/', '/', '/a//b', '/a b', '/../x'])(
  'call-wechat-api refuses the path prefix %s',
  (prefix) => {
    const { parse } = callWechatApiSettings.pathPrefix;
    expect(() => parse(prefix)).toThrow('write it like /wechat');
  },
);
