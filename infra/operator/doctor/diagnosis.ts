import type { CommandResult } from '../command-runner.ts';
import { tableText } from '../text-layout.ts';
import type { Check, CheckState } from './check.ts';

const MARKS: Readonly<Record<CheckState, string>> = { ok: 'ok', warning: 'WARN', failed: 'FAIL', skipped: 'skip' };

/** What all checks come to: the first line is the cause of the first failure, the second what to do about it, then every check. */
export function diagnosisOf(gatewayName: string, checks: readonly Check[]): CommandResult {
  const failures = checks.filter(({ state }) => state === 'failed');
  const warnings = checks.filter(({ state }) => state === 'warning');
  const [worst] = failures;
  const verdict =
    worst === undefined
      ? [healthyText(gatewayName, warnings)]
      : [worst.finding, `Do this: ${worst.remedy}`, ...(failures.length > 1 ? [moreText(failures.length - 1)] : [])];
  const remedies = [...failures, ...warnings]
    .filter((check) => check !== worst)
    .map((check) => `${MARKS[check.state]} ${titleOf(check)}: ${check.remedy}`);
  return {
    json: {
      gateway: gatewayName,
      healthy: worst === undefined,
      cause: worst?.finding ?? null,
      remedy: worst?.remedy ?? null,
      checks,
    },
    text: [...verdict, '', listText(checks), ...(remedies.length === 0 ? [] : ['', ...remedies])].join('\n'),
    failed: worst !== undefined,
  };
}

function healthyText(gatewayName: string, warnings: readonly Check[]): string {
  if (warnings.length === 0) return `Healthy: ${gatewayName}.`;
  return `Healthy: ${gatewayName}, with ${warnings.length} ${warnings.length === 1 ? 'warning' : 'warnings'}.`;
}

function moreText(count: number): string {
  return `Then settle what is left: ${count} more ${count === 1 ? 'check fails' : 'checks fail'}, perhaps for the same cause.`;
}

function listText(checks: readonly Check[]): string {
  return tableText(
    ['', 'CHECK', 'ACCOUNT', 'FOUND'],
    checks.map(({ state, name, account = '', finding }) => [MARKS[state], name, account, finding]),
    '',
  );
}

function titleOf({ name, account }: Check): string {
  return account === undefined ? name : `${name} of ${account}`;
}
