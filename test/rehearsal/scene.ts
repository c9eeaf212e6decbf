import type { SimulatedAccount, Simulator } from '../wechat-simulator/simulator.ts';
import type { DeployedStage } from './deployed-stage.ts';
import type { Deployment } from './deployment.ts';
import type { EnteredCaller } from './enter-data.ts';
import type { Operator } from './operator.ts';
import type { People } from './people.ts';
import type { Report } from './report.ts';

/** What a rehearsal begins with. */
export interface Scene {
  readonly report: Report;
  readonly simulator: Simulator;
  readonly deployment: Deployment;
  /** Waits for its first token until the schedule brings it. */
  readonly shop: SimulatedAccount;
  /** Has its token as soon as its app secret is set. */
  readonly support: SimulatedAccount;
  /** Makes host names, parted by blanks, lead to this machine. */
  readonly pointToLoopback: (hosts: string) => Promise<void>;
  /** Everything that MiniStack and the functions have written. */
  readonly written: () => Promise<string>;
}

/** The same once the stage is deployed. */
export interface DeployedScene extends Scene {
  readonly stage: DeployedStage;
  readonly people: People;
  readonly operator: Operator;
}

/** The same once there are accounts and a caller. */
export interface PeopledScene extends DeployedScene {
  readonly caller: EnteredCaller;
}
