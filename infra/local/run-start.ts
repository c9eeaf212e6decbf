import { type CheckResult, runChecks } from './check.ts';
import { Closing } from './closing.ts';
import { type FirstCall, makeFirstCall } from './first-call.ts';
import { type FunctionOutput, takeOverStdout } from './function-output.ts';
import { createGatewayCaller } from './gateway-call.undici.ts';
import { keepLines } from './keep-lines.ts';
import { type LocalGateway, startLocalGateway } from './local-gateway.ts';
import { readableLine } from './readable-line.ts';
import { curlLines, readyText } from './ready-text.ts';
import { StartFailure } from './start-failure.ts';
import type { StartFlags } from './start-flags.ts';
import { stopRequest } from './stop-request.ts';
import { tellIfSlow } from './tell-if-slow.ts';

/**
 * Runs the gateway until it is asked to stop, or its checks are done, and closes everything.
 * @returns the exit code
 */
export async function runStart(flags: StartFlags): Promise<number> {
  const stopped = stopRequest();
  const closing = new Closing();
  const output = takeOverStdout();
  try {
    const ended = await Promise.race([stopped, run(flags, closing, output)]);
    if (ended === 'checked-well') return 0;
    if (ended === 'check-failed') return 1;
    await stopped;
    tell('Stopping: calls in flight get their answer. Ctrl-C again ends at once.');
    return flags.check ? 1 : 0;
  } catch (error) {
    tell(error instanceof StartFailure ? error.message : `The local run failed: ${stackOf(error)}`);
    return 1;
  } finally {
    await closing.closeAll().catch((error: unknown) => tell(`Not everything could be closed: ${stackOf(error)}`));
  }
}

async function run(
  flags: StartFlags,
  closing: Closing,
  output: FunctionOutput,
): Promise<'serving' | 'checked-well' | 'check-failed'> {
  const gateway = await startLocalGateway(flags, closing, { tell, onFunctionError });
  const call = createGatewayCaller(gateway);
  const waiting = `Waiting for ${gateway.upstream} to answer the first call.`;
  const firstCall = await tellIfSlow(makeFirstCall(gateway, call), tell, waiting);
  announce(flags, gateway, firstCall, output);
  const lines: string[] = [];
  const keep = keepLines(gateway.logFile, closing);
  output.pass((line) => {
    keep(line);
    if (flags.check) lines.push(line);
    if (flags.json) output.write(`${line}\n`);
    else if (!flags.check) writeReadable(line, output);
  });
  if (!flags.check) return 'serving';
  const results = await runChecks({ gateway, call, lines }, (result) => output.write(`${showCheck(result, flags)}\n`));
  return results.every(({ ok }) => ok) ? 'checked-well' : 'check-failed';
}

function announce(flags: StartFlags, gateway: LocalGateway, firstCall: FirstCall, output: FunctionOutput): void {
  const { url, appId, callerKey, upstream } = gateway;
  const ready = readyText(gateway, firstCall);
  if (flags.json) {
    output.write(`${JSON.stringify({ url, appId, callerKey, upstream })}\n`);
    tell(ready);
  } else {
    output.write(`${ready}\n${flags.check ? '' : curlLines(gateway)}`);
  }
}

function writeReadable(line: string, output: FunctionOutput): void {
  const readable = readableLine(line);
  if (readable !== undefined) output.write(`${readable}\n`);
}

function showCheck(result: CheckResult, { json }: StartFlags): string {
  const { check, ok, detail } = result;
  return json ? JSON.stringify(result) : `${ok ? 'ok    ' : 'failed'}  ${check}: ${detail}`;
}

function onFunctionError(functionName: string, error: unknown): void {
  tell(`${functionName} failed: ${stackOf(error)}`);
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
