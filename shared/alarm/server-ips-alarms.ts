import type { Alarm, LogTrace } from './alarm.ts';
import { ONCE_IN_FIVE_MINUTES } from './alarm-defaults.ts';

const HOUR = 3_600;

const syncLines = (...lines: LogTrace['lines']): LogTrace => ({ sources: ['sync-server-ips'], lines });

const listIs = (outcome: string) => syncLines({ event: ['server-ips'], outcome: [outcome] });

/** The lists of server IPs. */
export const SERVER_IPS_ALARMS: readonly Alarm[] = [
  {
    ...ONCE_IN_FIVE_MINUTES,
    id: 'server-ips-changed',
    title: "WeChat has changed a list of its servers' IPs",
    severity: 'warning',
    section: 'server-ips-changed',
    metric: { source: 'gateway', name: 'ServerIpsChanged' },
    logs: listIs('changed'),
  },
  {
    ...ONCE_IN_FIVE_MINUTES,
    id: 'server-ips-pending',
    title: "A list of WeChat's IPs has lost more than half of its addresses and waits for approval",
    severity: 'warning',
    section: 'server-ips-pending',
    metric: { source: 'gateway', name: 'ServerIpsPending' },
    logs: listIs('pending'),
  },
  {
    ...ONCE_IN_FIVE_MINUTES,
    id: 'server-ips-refused',
    title: "A list of WeChat's IPs was unusable and not applied",
    severity: 'warning',
    section: 'server-ips-refused',
    metric: { source: 'gateway', name: 'ServerIpsRefused' },
    logs: listIs('refused'),
  },
  {
    id: 'server-ips-not-synced',
    title: "WeChat's IP lists were not fetched for 26 hours",
    severity: 'warning',
    section: 'server-ips-not-synced',
    metric: { source: 'gateway', name: 'ServerIpsChecked' },
    statistic: 'Sum',
    comparison: 'under',
    // Both lists.
    threshold: 2,
    periodSeconds: HOUR,
    datapointsToAlarm: 26,
    evaluationPeriods: 26,
    missingData: 'breaching',
    // Which list, and of each account that was asked for it why it did not come.
    logs: syncLines({ event: ['server-ips'], outcome: ['not-fetched'] }, { event: ['server-ips-fetch'] }),
  },
  {
    ...ONCE_IN_FIVE_MINUTES,
    id: 'server-ips-untold',
    title: 'Nobody could be told of a changed IP list',
    severity: 'warning',
    section: 'server-ips-untold',
    metric: { source: 'gateway', name: 'ServerIpsUntold' },
    logs: syncLines({ event: ['server-ips-untold'] }),
  },
  {
    ...ONCE_IN_FIVE_MINUTES,
    id: 'firewalls-failed',
    title: "A firewall could not be given WeChat's current IPs",
    severity: 'critical',
    section: 'firewalls-failed',
    metric: { source: 'gateway', name: 'FirewallsFailed' },
    logs: syncLines({ event: ['firewall'], outcome: ['failed'] }),
  },
];
