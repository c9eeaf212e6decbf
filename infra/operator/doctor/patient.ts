import type { Clock } from '#shared/clock.ts';
import type { OperatorGateway } from '../operator-gateway.ts';
import type { DescribedGateway, Surroundings } from '../surroundings.ts';

/** A connected gateway with what the doctor needs to look at it. */
export interface Patient {
  readonly surroundings: Surroundings;
  readonly described: DescribedGateway;
  readonly gateway: OperatorGateway;
  readonly clock: Clock;
  /** Takes lines that say what is being looked at. */
  readonly tell: (line: string) => void;
}
