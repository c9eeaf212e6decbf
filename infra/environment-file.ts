import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { EnvironmentField } from './environment-field.ts';
import { ENVIRONMENT_FIELDS, environmentSchema } from './environment-schema.ts';

const ENVIRONMENTS = join(import.meta.dirname, 'environments');
const STAGE = /^[a-z0-9-]{1,20}$/;

/** A stage's parsed environment file: what needs a deploy to change. */
export type StageEnvironment = v.InferOutput<typeof environmentSchema>;

/** Thrown when a stage cannot be synthesised: every fault of its environment file at once, one a line, with field, reason and example. */
export class EnvironmentFileError extends Error {
  override readonly name = 'EnvironmentFileError';
  readonly faults: readonly string[];

  constructor(what: string, faults: readonly string[]) {
    super(`${what} is not usable:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}

/**
 * Checks the name of a stage, which becomes part of the stack's name and of the secrets' names.
 * @throws {EnvironmentFileError} unless it is 1 to 20 characters of `a-z`, `0-9` and `-`
 */
export function parseStage(value: unknown): string {
  if (typeof value === 'string' && STAGE.test(value)) return value;
  throw new EnvironmentFileError(`The stage ${JSON.stringify(value)}`, [
    'stage: must be 1 to 20 of the characters a-z, 0-9 and "-"; example: -c stage=dev',
  ]);
}

/**
 * Reads and checks `<directory>/<stage>.json`.
 * @throws {EnvironmentFileError} when there is no such file, or with all faults in it
 */
export function readEnvironmentFile(stage: string, directory = ENVIRONMENTS): StageEnvironment {
  const what = `infra/environments/${stage}.json`;
  if (!readdirSync(directory).includes(`${stage}.json`)) {
    throw new EnvironmentFileError(what, [
      `it does not exist: copy infra/environments/dev.json to it, or name another stage`,
    ]);
  }
  const text = readFileSync(join(directory, `${stage}.json`), 'utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // Not lost: the parser's message says where the text stops being JSON.
    throw new EnvironmentFileError(what, [`it is not JSON: ${error instanceof Error ? error.message : String(error)}`]);
  }
  return parseEnvironment(value, what);
}

/**
 * Checks a stage's environment and fills in the defaults. Unknown fields are faults: a misspelt one would otherwise be a default.
 * @param what how the error names the value
 * @throws {EnvironmentFileError} with all faults
 */
export function parseEnvironment(value: unknown, what: string): StageEnvironment {
  const result = v.safeParse(environmentSchema, value);
  if (result.success) return result.output;
  throw new EnvironmentFileError(what, [...new Set(allIssuesOf(value).map(faultOf))]);
}

type Issue = v.InferIssue<typeof environmentSchema>;

/** Of each object valibot tells only the first field that it does not know: that one is taken out, and the rest looked at again. */
function allIssuesOf(value: unknown): readonly Issue[] {
  const rest = structuredClone(value);
  const unknown: Issue[] = [];
  for (;;) {
    const { issues = [] } = v.safeParse(environmentSchema, rest);
    const found = issues.filter(isUnknownField);
    if (found.length === 0) return [...unknown, ...issues];
    unknown.push(...found);
    for (const { path } of found) {
      const last = path?.at(-1);
      if (last?.type === 'object') Reflect.deleteProperty(last.input, last.key);
    }
  }
}

function isUnknownField({ type, expected }: Issue): boolean {
  return type === 'strict_object' && expected === 'never';
}

function faultOf(issue: Issue): string {
  const keys = (issue.path ?? []).map((item) => item.key).filter((key) => typeof key === 'string');
  const path = keys.join('.');
  if (path === '') return 'it must hold a JSON object';
  const field = Object.hasOwn(ENVIRONMENT_FIELDS, path) ? ENVIRONMENT_FIELDS[path] : undefined;
  if (field === undefined) return `${path}: is not a field of an environment file; ${siblingsOf(keys)}`;
  if (isUnknownField(issue))
    return `${path}: is no field of this ${parentOf(keys)}; take it out, or choose another kind`;
  return `${path}: ${reasonOf(issue, field)}; example: ${field.example}`;
}

function parentOf(keys: readonly string[]): string {
  return keys.slice(0, -1).join('.');
}

function reasonOf(issue: Issue, { rule }: EnvironmentField): string {
  // What fields demand of one another is said where it is demanded.
  if (issue.type === 'partial_check') return issue.message;
  return issue.received === 'undefined' ? `is missing and ${rule}` : `${rule}, not ${issue.received.slice(0, 64)}`;
}

function siblingsOf(keys: readonly string[]): string {
  const parent = keys
    .slice(0, -1)
    .map((key) => `${key}.`)
    .join('');
  const siblings = Object.keys(ENVIRONMENT_FIELDS).filter(
    (path) => path.startsWith(parent) && !path.slice(parent.length).includes('.'),
  );
  return `the fields are ${siblings.join(', ')}`;
}
