import type { CheckContext, CheckStep } from './check-step.ts';
import { CHECK_STEPS, NO_TOKEN_LEAKED, TOKEN_PATH } from './check-steps.ts';
import type { CallGateway, GatewayAnswer } from './gateway-call.undici.ts';
import { simulatorCheckSteps } from './simulator-check-steps.ts';

/** How one step ended. */
export interface CheckResult {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Walks through the main job, every step whatever fails; with `--upstream` only those that do no harm to a real account. */
export async function runChecks(
  { gateway, call, lines }: Pick<CheckContext, 'gateway' | 'call' | 'lines'>,
  onResult: (result: CheckResult) => void,
): Promise<readonly CheckResult[]> {
  const answers: GatewayAnswer[] = [];
  const recording: CallGateway = async (request) => {
    const answer = await call(request);
    if (request.path !== TOKEN_PATH) answers.push(answer);
    return answer;
  };
  const context = { gateway, lines, answers, call: recording, tokens: new Set<string>() };
  const { simulator } = gateway;
  const simulatorSteps = simulator === undefined ? [] : simulatorCheckSteps(simulator);
  const results: CheckResult[] = [];
  for (const step of [...CHECK_STEPS, ...simulatorSteps, NO_TOKEN_LEAKED]) {
    const result = await runStep(step, context);
    results.push(result);
    onResult(result);
  }
  return results;
}

async function runStep({ name, run }: CheckStep, context: CheckContext): Promise<CheckResult> {
  try {
    return { check: name, ok: true, detail: await run(context) };
  } catch (error) {
    // A failed step is a result like any other, and the next ones may still tell something.
    return { check: name, ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}
