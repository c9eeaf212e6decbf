import { RemovalPolicy } from 'aws-cdk-lib';
import type { StageEnvironment } from '../environment-file.ts';

/** What becomes of a stage's state, addresses and logs when they leave the stack. */
export function removalPolicyOf({ removalPolicy }: Pick<StageEnvironment, 'removalPolicy'>): RemovalPolicy {
  return removalPolicy === 'destroy' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN;
}
