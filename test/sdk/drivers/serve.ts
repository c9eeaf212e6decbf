import { createInterface } from 'node:readline';

/** What an app does with its SDK; every SDK is driven through the same steps, as far as it has a method for them. */
export type Step = 'token' | 'ipList' | 'userInfo' | 'menu' | 'message' | 'upload' | 'download' | 'ticket' | 'login';

/** The steps of one SDK. Each takes one text (an openid, a file's path, ...) and brings what the SDK brought, files as base64. */
export type Steps = Readonly<Partial<Record<Step, (argument: string) => Promise<unknown>>>>;

/** What one line on stdout says of one step. */
export type StepOutcome =
  | { readonly value: unknown }
  | { readonly error: { readonly errcode: number | undefined; readonly message: string } };

/** Where a driver is pointed: the three things that somebody who moves an app to the gateway has at hand. */
export interface DriverSettings {
  /** Without a trailing slash; may end with a path prefix. */
  readonly baseUrl: string;
  readonly appId: string;
  /** The caller key, which stands in place of the app secret. */
  readonly secret: string;
}

/** The driver's command line. @throws {Error} when it is incomplete */
export function driverSettings(): DriverSettings {
  const [baseUrl, appId, secret] = process.argv.slice(2);
  if (baseUrl === undefined || appId === undefined || secret === undefined) {
    throw new Error('usage: node <driver>.ts <base URL> <app ID> <caller key>');
  }
  return { baseUrl, appId, secret };
}

/** Runs one step for every line `{"step","argument"}` on stdin and prints one {@link StepOutcome}; ends with stdin. */
export async function serve(steps: Steps): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    // Only the test writes here, and it writes this.
    const { step, argument } = JSON.parse(line) as { step: Step; argument: string };
    process.stdout.write(`${JSON.stringify(await outcomeOf(steps, step, argument))}\n`);
  }
  // An SDK's timers would keep the process.
  process.exit();
}

async function outcomeOf(steps: Steps, step: Step, argument: string): Promise<StepOutcome> {
  try {
    const value = await steps[step]?.(argument);
    if (value === undefined) throw new Error(`the SDK brought nothing for ${step}`);
    return { value };
  } catch (error) {
    // Not swallowed: it is what the SDK gives its app, and the test looks at it.
    return {
      error: { errcode: errcodeOf(error), message: error instanceof Error ? error.message : JSON.stringify(error) },
    };
  }
}

/** SDKs call it `code` or `errcode`; some reject with the answer itself, others only quote it in their message. */
function errcodeOf(error: unknown): number | undefined {
  const { code, errcode = code, message = '' } = Object(error);
  const quoted = /"errcode":(-?\d+)/.exec(String(message))?.[1];
  const found = typeof errcode === 'number' ? errcode : Number(quoted ?? Number.NaN);
  return Number.isNaN(found) ? undefined : found;
}

/** The answer, unless it is WeChat's refusal, which some SDKs hand to their app like any answer. @throws the refusal */
export function accepted<Answer extends object>(answer: Answer): Answer {
  const { errcode = 0, errmsg } = answer as Answer & { errcode?: number; errmsg?: string };
  if (errcode === 0) return answer;
  throw Object.assign(new Error(errmsg), { errcode });
}
