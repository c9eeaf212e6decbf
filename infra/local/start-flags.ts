import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isAppId } from '#shared/account/account.ts';
import { parseCallerKey } from '#shared/caller/caller-key.ts';
import { parseOrigins } from '#shared/wechat/origins.ts';

/** What the local run was asked to do. */
export interface StartFlags {
  /** 0 picks a free one. */
  readonly port: number;
  /** `undefined` for the simulator. */
  readonly upstreamOrigins: readonly string[] | undefined;
  readonly appId: string | undefined;
  readonly appSecret: string | undefined;
  readonly callerKey: string | undefined;
  /** An absolute path; `undefined` keeps everything in memory. */
  readonly dataDir: string | undefined;
  readonly check: boolean;
  readonly json: boolean;
}

/** A flag is unknown or its value is no good. The message is one line and repeats no value that may be a secret. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

type Environment = Readonly<Record<string, string | undefined>>;

const OPTIONS = {
  port: { type: 'string' },
  upstream: { type: 'string' },
  'app-id': { type: 'string' },
  'app-secret-env': { type: 'string' },
  'caller-key-env': { type: 'string' },
  data: { type: 'string' },
  check: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Flag = keyof typeof OPTIONS;
type Texts = ReadonlyMap<Flag, string>;

const DEFAULT_PORT = 8787;
const FLAG_LIST = `flags: ${Object.keys(OPTIONS)
  .map((name) => `--${name}`)
  .join(', ')}`;

/**
 * Reads the flags of `npm start`; the last one counts where one is repeated.
 * @param environment where the variables that two of the flags name are looked up
 * @throws {UsageError}
 */
export function parseStartFlags(args: readonly string[], environment: Environment): StartFlags | 'help' {
  const texts = flagTexts(args);
  if (texts.has('help')) return 'help';
  const upstream = texts.get('upstream');
  if (upstream !== undefined && !(texts.has('app-id') && texts.has('app-secret-env'))) {
    throw new UsageError('--upstream needs --app-id and --app-secret-env: the account there, and where its secret is.');
  }
  const data = texts.get('data');
  return {
    port: portOf(texts.get('port'), texts.has('check')),
    upstreamOrigins: upstream === undefined ? undefined : originsOf(upstream),
    appId: appIdOf(texts.get('app-id')),
    appSecret: secretOf(texts.get('app-secret-env'), 'app-secret-env', environment),
    callerKey: callerKeyOf(texts.get('caller-key-env'), environment),
    dataDir: data === undefined ? undefined : resolve(data),
    check: texts.has('check'),
    json: texts.has('json'),
  };
}

/** Judged from the tokens: what parseArgs itself says in strict mode repeats values, and one of them may be a secret. */
function flagTexts(args: readonly string[]): Texts {
  const { tokens } = parseArgs({ args: [...args], options: OPTIONS, strict: false, tokens: true });
  const texts = new Map<Flag, string>();
  for (const token of tokens) {
    if (token.kind === 'positional') throw new UsageError(`There is an argument without a flag; ${FLAG_LIST}.`);
    if (token.kind === 'option') texts.set(flagOf(token.name, token.rawName), textOf(token));
  }
  return texts;
}

function flagOf(name: string, rawName: string): Flag {
  if (isFlag(name)) return name;
  throw new UsageError(`There is no flag ${rawName.slice(0, 32)}; ${FLAG_LIST}.`);
}

function isFlag(name: string): name is Flag {
  return Object.hasOwn(OPTIONS, name);
}

function textOf(token: { name: string; value: string | undefined; inlineValue: boolean | undefined }): string {
  const { name, value, inlineValue } = token;
  const takesValue = isFlag(name) && OPTIONS[name].type === 'string';
  if (!takesValue && value !== undefined) throw new UsageError(`The flag --${name} takes no value.`);
  const isNextFlag = inlineValue === false && value?.startsWith('--') === true;
  if (takesValue && (value === undefined || value === '' || isNextFlag)) {
    throw new UsageError(`The flag --${name} needs a value; --help shows examples.`);
  }
  return value ?? '';
}

function portOf(text: string | undefined, check: boolean): number {
  if (text === undefined) return check ? 0 : DEFAULT_PORT;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new UsageError(`--port ${text.slice(0, 32)} is no port: give a number from 0 (any free one) to 65535.`);
}

function originsOf(text: string): readonly string[] {
  try {
    return parseOrigins(text);
  } catch (error) {
    throw new UsageError(`--upstream: ${error instanceof Error ? error.message : String(error)}.`, { cause: error });
  }
}

function appIdOf(text: string | undefined): string | undefined {
  if (text === undefined || isAppId(text)) return text;
  throw new UsageError('--app-id must be an app ID: 1 to 64 letters, digits, - or _, such as wx0123456789abcdef.');
}

function secretOf(variable: string | undefined, flag: Flag, environment: Environment): string | undefined {
  if (variable === undefined) return undefined;
  const secret = environment[variable]?.trim();
  if (secret !== undefined && secret !== '') return secret;
  // The name is not repeated: who mistakes the flag's meaning has put the secret there.
  throw new UsageError(`--${flag} names no variable that is set: give the NAME of a variable that holds the secret.`);
}

function callerKeyOf(variable: string | undefined, environment: Environment): string | undefined {
  const callerKey = secretOf(variable, 'caller-key-env', environment);
  if (callerKey === undefined || parseCallerKey(callerKey) !== undefined) return callerKey;
  throw new UsageError(
    '--caller-key-env names a variable that holds no complete caller key: take one (wxg_...) that a run without this flag shows.',
  );
}
