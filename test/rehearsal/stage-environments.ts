import { REGION } from './aws-environment.ts';

/** The stage at first. MiniStack knows no Elastic IPs and NAT gateways in CloudFormation, and does not run functions in a VPC: no egress. */
export const FIRST_ENVIRONMENT = {
  region: REGION,
  auth: 'both',
  egress: 'none',
  throttling: { rate: 100, burst: 100 },
  logRetentionDays: 7,
  alarmEmail: 'on-call@example.com',
  removalPolicy: 'destroy',
};

/** The stage after a change of its address, limits and logs: functions, API and log groups change, table and secrets must not. */
export const CHANGED_ENVIRONMENT = {
  ...FIRST_ENVIRONMENT,
  pathPrefix: '/wechat',
  throttling: { rate: 50, burst: 80 },
  logRetentionDays: 14,
};
