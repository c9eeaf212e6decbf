import type { HostExamination, UpstreamExamination } from '#shared/diagnosis/examination.ts';
import type { UpstreamFailureKind } from '#shared/wechat/wechat-api.ts';
import { OperatorFailure } from '../operator-failure.ts';
import { durationText } from '../text-layout.ts';
import { type Check, failed, ok, skipped, warning } from './check.ts';
import { checkOfTrouble } from './check-of-trouble.ts';
import type { Patient } from './patient.ts';

/** What looking at WeChat's hosts came to. */
export interface UpstreamChecks {
  readonly checks: readonly Check[];
  /** Whether accounts can be looked at: the function runs, and one host at least answers it. */
  readonly isReachable: boolean;
}

/** What the clocks may differ by: two seconds, which the lease allows for, and one that a `Date` is cut by. */
const CLOCK_TOLERANCE_MS = 3_000;
const FUNCTION = 'refresh function';
const CLOCK = 'clocks';

/** In place of an address that does not answer, by what was seen. */
const TROUBLES: Readonly<Record<UpstreamFailureKind, readonly [what: string, remedy: string]>> = {
  dns: [
    'its name does not resolve (DNS)',
    'Check the name in upstreamHosts, and the DNS of the network that the function runs in.',
  ],
  connect: [
    'it refuses the connection',
    'Check the network that the function runs in: routes, NAT gateway, security groups, firewalls.',
  ],
  'connect-timeout': [
    'connecting takes too long',
    'Check the way out of the network that the function runs in: routes, NAT gateway, security groups.',
  ],
  tls: ['no TLS connection comes up', 'Check whether a proxy stands in the way, and the name in upstreamHosts.'],
  'first-byte-timeout': [
    'it does not answer in time',
    'Wait and look again; if it stays, name another host of WeChat first in upstreamHosts.',
  ],
  deadline: [
    'it does not answer in time',
    'Wait and look again; if it stays, name another host of WeChat first in upstreamHosts.',
  ],
  reset: [
    'it breaks the connection off',
    'Check whether a proxy or firewall stands in the way; otherwise wait and look again.',
  ],
  malformed: ['its answer is no HTTP', 'Check the name in upstreamHosts, and whether a proxy stands in the way.'],
  'answer-too-large': [
    "its answer is not WeChat's",
    'Check the name in upstreamHosts, and whether a proxy stands in the way.',
  ],
};

/** Has the function look at each host: DNS, connecting, latency; and compares the clocks of WeChat, function and this machine. */
export async function checkUpstream({ gateway, surroundings, clock, tell }: Patient): Promise<UpstreamChecks> {
  tell("Having the function look at WeChat's hosts: DNS, connecting, latency ...");
  const askedAt = clock.now();
  try {
    const examination = await gateway.examiner.upstream();
    const found = checksOfHosts(examination);
    const clocks = checkClocks(examination, { askedAt, answeredAt: clock.now() });
    const isReachable = examination.hosts.some(({ kind }) => kind === 'answered');
    return { checks: [ok(FUNCTION, `${gateway.target.refreshFunctionName} runs.`), ...found, clocks], isReachable };
  } catch (error) {
    const skip = skipped('WeChat', 'The function that could look does not run.');
    return { checks: [checkOfFunction({ gateway, surroundings }, error), skip], isReachable: false };
  }
}

/** Why the function does not run, or does not know the question. */
function checkOfFunction({ gateway, surroundings }: Pick<Patient, 'gateway' | 'surroundings'>, error: unknown): Check {
  const { refreshFunctionName } = gateway.target;
  if (error instanceof OperatorFailure) {
    const log = surroundings.commandLine('logs --since 15m');
    return failed(
      FUNCTION,
      error.message,
      `Deploy this version if an older one is deployed. What the function says: ${log}`,
    );
  }
  if (error instanceof Error && error.name === 'ResourceNotFoundException') {
    const remedy =
      'Somebody has deleted it outside the stack: remove what is left of the stack and deploy it again; the table is retained.';
    return failed(FUNCTION, `The function ${refreshFunctionName} does not exist.`, remedy);
  }
  return checkOfTrouble(FUNCTION, error);
}

function checksOfHosts({ hosts }: UpstreamExamination): readonly Check[] {
  const noneAnswers = hosts.every(({ kind }) => kind === 'failed');
  return hosts.map((host) => checkOfHost(host, noneAnswers));
}

function checkOfHost(host: HostExamination, noneAnswers: boolean): Check {
  const { origin } = host;
  const name = `WeChat ${new URL(origin).host}`;
  if (host.kind === 'failed') {
    const [what, remedy] = TROUBLES[host.failure];
    if (noneAnswers) return failed(name, `${origin} cannot be reached from the function: ${what}.`, remedy);
    return warning(name, `${origin} cannot be reached from the function: ${what}. Another host answers.`, remedy);
  }
  const { nameMs = 0, connectMs, answerMs, status } = host;
  const times = `DNS ${nameMs} ms, connected in ${connectMs} ms, answered in ${answerMs} ms`;
  if (status === 200) return ok(name, `${times}.`);
  const remedy =
    'Wait and look again; a status that stays comes from something that stands between the function and WeChat.';
  return noneAnswers
    ? failed(name, `${origin} answers HTTP ${status}.`, remedy)
    : warning(name, `${origin} answers HTTP ${status}; ${times}.`, remedy);
}

/** Half of the way there and back is not known: what it could explain is no difference. */
function checkClocks(
  { startedAt, tookMs, hosts }: UpstreamExamination,
  { askedAt, answeredAt }: { readonly askedAt: number; readonly answeredAt: number },
): Check {
  const wayMs = Math.max(0, answeredAt - askedAt - tookMs);
  const machineAheadMs = askedAt + wayMs / 2 - startedAt;
  const [wechatAheadMs] = hosts.flatMap((host) => (host.kind === 'answered' ? (host.clockAheadMs ?? []) : []));
  if (wechatAheadMs !== undefined && Math.abs(wechatAheadMs) > CLOCK_TOLERANCE_MS) {
    const remedy =
      'Leases and token lives assume clocks that agree within 2 s: if several hosts say so, report it to whoever runs the machine.';
    return warning(CLOCK, `The function's clock is ${apart(-wechatAheadMs)} WeChat's.`, remedy);
  }
  if (Math.abs(machineAheadMs) > CLOCK_TOLERANCE_MS + wayMs / 2) {
    return warning(
      CLOCK,
      `This machine's clock is ${apart(machineAheadMs)} the function's.`,
      'Set it by NTP: times shown here are off, and AWS refuses requests beyond 5 minutes.',
    );
  }
  const wechat = wechatAheadMs === undefined ? 'WeChat tells no time' : "WeChat's agrees";
  return ok(CLOCK, `This machine's and the function's agree; ${wechat}.`);
}

function apart(aheadMs: number): string {
  return `${durationText(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead of' : 'behind'}`;
}
