/** One environment variable of a function: its name is written here once, for the function that reads it and the stack that sets it. */
export interface Setting<Value> {
  /** The environment variable's name. */
  readonly variable: string;
  /** Turns the variable's text into its value; throws an `Error` that says what is wrong with the text. */
  readonly parse: (text: string) => Value;
  /** The value when the variable is not set. Without it the variable is required. */
  readonly fallback?: Value;
}

/** All variables of one function by the name that its code uses. */
export type SettingsDefinition = Readonly<Record<string, Setting<unknown>>>;

/** What {@link readSettings} returns for a definition. */
export type SettingsOf<Definition extends SettingsDefinition> = {
  readonly [Name in keyof Definition]: Definition[Name] extends Setting<infer Value> ? Value : never;
};

/** Thrown at start when the environment does not hold what a function needs: every fault at once, one a line. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The function's environment is not usable:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}

/**
 * Parses a function's environment once, at its start. An empty variable counts as not set.
 * @throws {SettingsError} naming every missing or malformed variable
 */
export function readSettings<Definition extends SettingsDefinition>(
  definition: Definition,
  environment: Readonly<Record<string, string | undefined>>,
): SettingsOf<Definition> {
  const faults: string[] = [];
  const settings: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(definition)) {
    try {
      settings[name] = readSetting(setting, environment[setting.variable]);
    } catch (error) {
      faults.push(`${setting.variable}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (faults.length > 0) throw new SettingsError(faults);
  // Every name of the definition has just been given the value of its own parser.
  return settings as SettingsOf<Definition>;
}

function readSetting<Value>(setting: Setting<Value>, text: string | undefined): Value {
  if (text !== undefined && text !== '') return setting.parse(text);
  if (setting.fallback === undefined) throw new Error('is required and not set');
  return setting.fallback;
}

/** A text taken as it is. */
export const asText = (text: string): string => text;
