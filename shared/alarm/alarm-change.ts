/** An alarm went on or off, as CloudWatch tells it. */
export interface AlarmChange {
  /** The alarm's name in CloudWatch. */
  readonly name: string;
  readonly state: 'on' | 'off';
  /** Epoch milliseconds. */
  readonly at: number;
  /** CloudWatch's own words: which datapoints crossed which threshold. */
  readonly reason: string;
}

/** The event is none of CloudWatch's about an alarm's state. Repeats nothing of it. */
export class MalformedAlarmEvent extends TypeError {
  override readonly name = 'MalformedAlarmEvent';

  constructor(field: string) {
    super(
      `The event has no usable ${field}: this function takes "CloudWatch Alarm State Change" events of EventBridge.`,
    );
  }
}

/**
 * Reads a "CloudWatch Alarm State Change" event
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html).
 * @returns `undefined` for a change that nobody has to hear of: to or from missing data, and a new alarm's first OK
 * @throws {MalformedAlarmEvent}
 */
export function parseAlarmEvent(event: unknown): AlarmChange | undefined {
  const detail = recordIn(event, 'detail');
  const state = recordIn(detail, 'state');
  const { value, timestamp, reason } = state;
  const name = detail['alarmName'];
  const at = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
  if (typeof name !== 'string') throw new MalformedAlarmEvent('detail.alarmName');
  if (typeof value !== 'string') throw new MalformedAlarmEvent('detail.state.value');
  if (!Number.isFinite(at)) throw new MalformedAlarmEvent('detail.state.timestamp');
  const told = { name, at, reason: typeof reason === 'string' ? reason : '' };
  if (value === 'ALARM') return { ...told, state: 'on' };
  const before = detail['previousState'] === undefined ? {} : recordIn(detail, 'previousState');
  return value === 'OK' && before['value'] === 'ALARM' ? { ...told, state: 'off' } : undefined;
}

function recordIn(value: unknown, field: string): Readonly<Record<string, unknown>> {
  const found = isRecord(value) ? value[field] : undefined;
  if (!isRecord(found)) throw new MalformedAlarmEvent(field);
  return found;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
