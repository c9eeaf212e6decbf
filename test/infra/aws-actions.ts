import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The packages of the SDK whose service has another prefix in IAM. */
const PREFIXES: Readonly<Record<string, string>> = { 'cloudwatch-logs': 'logs', 'secrets-manager': 'secretsmanager' };
/** The operations whose permission has another name (Service Authorization Reference). */
const ACTIONS: Readonly<Record<string, string>> = { 'lambda:Invoke': 'lambda:InvokeFunction' };

const SHARED = join(import.meta.dirname, '../../shared');

/** Every IAM action that the code asks for which a program is made of: its file's and those of all that it imports, at once or later. */
export function awsActionsOf(program: string): ReadonlySet<string> {
  const files = new Map<string, string>();
  const read = (file: string): void => {
    if (files.has(file)) return;
    const text = readFileSync(file, 'utf8');
    files.set(file, text);
    for (const imported of importsOf(file, text)) read(imported);
  };
  read(program);
  return new Set([...files.values()].flatMap(actionsIn));
}

function importsOf(file: string, text: string): readonly string[] {
  return [...text.matchAll(/(?:from|import\()\s*'((?:#shared|\.\.?)\/[^']+\.ts)'/g)].map(([, specifier = '']) =>
    specifier.startsWith('#shared/') ? join(SHARED, specifier.slice(8)) : join(dirname(file), specifier),
  );
}

/** A file that speaks to AWS speaks to one service. */
function actionsIn(text: string): readonly string[] {
  const service = /from '@aws-sdk\/client-([a-z-]+)'/.exec(text)?.[1];
  if (service === undefined) return [];
  return [...text.matchAll(/\bnew (\w+)Command\(|\bpaginate(\w+)\(/g)].map(([, command, paginated]) => {
    const action = `${PREFIXES[service] ?? service}:${command ?? paginated}`;
    return ACTIONS[action] ?? action;
  });
}
