import type { Alarm } from './alarm.ts';
import { CALL_ALARMS } from './call-alarms.ts';
import { FUNCTION_ALARMS } from './function-alarms.ts';
import { SERVER_IPS_ALARMS } from './server-ips-alarms.ts';
import { TOKEN_ALARMS } from './token-alarms.ts';

/** Every alarm of a stage, by subject and the worst first. Each id stands here once. */
export const ALARMS: readonly Alarm[] = [...TOKEN_ALARMS, ...CALL_ALARMS, ...SERVER_IPS_ALARMS, ...FUNCTION_ALARMS];

/** The name of a stage's alarm in CloudWatch. */
export function alarmName(stage: string, { id }: Pick<Alarm, 'id'>): string {
  return `wechat-gateway-${stage}-${id}`;
}

/** The alarm of this stage with this name in CloudWatch; `undefined` for a name that is none of the stage's. */
export function alarmOfName(stage: string, name: string): Alarm | undefined {
  return ALARMS.find((alarm) => alarmName(stage, alarm) === name);
}
