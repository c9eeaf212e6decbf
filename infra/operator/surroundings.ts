import type { CallerIdentity } from './caller-identity.sts.ts';
import type { OperatorGateway } from './operator-gateway.ts';
import type { StackOutput } from './stage-target.cloudformation.ts';
import type { Target } from './target.ts';

/** A gateway as far as it is known before anything of it is used. */
export interface DescribedGateway {
  readonly target: Target;
  /** The stack's, such as `UPDATE_COMPLETE`; `undefined` for the local run. */
  readonly stackStatus: string | undefined;
  /** What the stack puts out; for the local run what it has of that. */
  readonly outputs: readonly StackOutput[];
}

/** The way to a gateway, step by step: for commands that have to say which step fails. */
export interface Surroundings {
  /** For people: `stage dev in ap-southeast-1`. */
  readonly name: string;
  readonly isLocal: boolean;
  /** A command line that does this to the same gateway. */
  commandLine(command: string): string;
  /** @throws the client's error when there are no credentials, or AWS does not take them. `undefined` for the local run, which has none. */
  identity(): Promise<CallerIdentity | undefined>;
  /** @throws {OperatorFailure} when it is not there, and the client's error when AWS does not answer */
  describe(): Promise<DescribedGateway>;
  connect(target: Target): OperatorGateway;
}
