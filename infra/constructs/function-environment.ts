import { Token } from 'aws-cdk-lib';
import type { SettingsDefinition } from '#shared/lambda/settings.ts';

/** One text for every setting of a function; `''` leaves a setting to its fallback. */
export type SettingTexts<Definition extends SettingsDefinition> = { readonly [Name in keyof Definition]: string };

/**
 * A function's environment variables from its own settings definition, so that no variable's name is written twice and none can be
 * forgotten. Every text that is known at synth goes through the parser that the function will use at its start.
 * @throws {Error} naming the variable whose text the function would refuse
 */
export function environmentOf<Definition extends SettingsDefinition>(
  definition: Definition,
  texts: SettingTexts<Definition>,
): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [name, setting] of Object.entries(definition)) {
    const text = texts[name] ?? '';
    if (text === '' && setting.fallback === undefined)
      throw new Error(`${setting.variable}: is required and has no fallback`);
    if (text === '') continue;
    if (!Token.isUnresolved(text)) checkText(setting, text);
    variables[setting.variable] = text;
  }
  return variables;
}

function checkText(setting: SettingsDefinition[string], text: string): void {
  try {
    setting.parse(text);
  } catch (error) {
    throw new Error(`${setting.variable}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
