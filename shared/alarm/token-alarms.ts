import { NEARLY_USED_PERCENT } from '../quota/nearly-used.ts';
import {
  ADDRESS_REFUSED,
  ADMIN_CONFIRMATION,
  APP_SECRET_FROZEN,
  APP_SECRET_REFUSED,
} from '../wechat/issue-refusals.ts';
import type { Alarm, LogTrace } from './alarm.ts';
import { ONCE_IN_FIVE_MINUTES } from './alarm-defaults.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

const refreshLines = (...lines: LogTrace['lines']): LogTrace => ({ sources: ['refresh-access-token'], lines });

const FAILING = { event: ['refresh'], outcome: ['failed', 'errored', 'cooling'] } as const;

/** What keeps tokens from being refreshed, and what takes them away. */
export const TOKEN_ALARMS: readonly Alarm[] = [
  {
    id: 'refresh-overdue',
    title: 'An access token should have been refreshed over two minutes ago, or refreshing has stopped',
    severity: 'critical',
    section: 'refresh-overdue',
    metric: { source: 'gateway', name: 'RefreshOverdue' },
    statistic: 'Maximum',
    comparison: 'over',
    threshold: 120_000,
    periodSeconds: MINUTE,
    datapointsToAlarm: 2,
    evaluationPeriods: 3,
    // No tick, no metric: then nobody refreshes at all.
    missingData: 'breaching',
    logs: refreshLines(FAILING),
  },
  {
    id: 'token-life-short',
    title: 'An access token dies within two minutes or is dead, and no new one has come',
    severity: 'critical',
    section: 'token-life-short',
    metric: { source: 'gateway', name: 'TokenLife' },
    statistic: 'Minimum',
    comparison: 'under',
    threshold: 120_000,
    periodSeconds: MINUTE,
    datapointsToAlarm: 1,
    evaluationPeriods: 1,
    // Measured only while an account is due; one that is not has over four minutes left.
    missingData: 'notBreaching',
    logs: refreshLines(FAILING),
  },
  {
    id: 'refresh-failing',
    title: 'Refreshing access tokens keeps failing',
    severity: 'warning',
    section: 'refresh-failing',
    metric: { source: 'gateway', name: 'RefreshFailed' },
    statistic: 'Sum',
    comparison: 'at-least',
    threshold: 1,
    periodSeconds: MINUTE,
    datapointsToAlarm: 3,
    evaluationPeriods: 5,
    missingData: 'notBreaching',
    logs: refreshLines({ event: ['refresh'], outcome: ['failed', 'errored'] }),
  },
  {
    ...ONCE_IN_FIVE_MINUTES,
    id: 'egress-address-refused',
    title: "WeChat refuses our address: it is not in the account's IP allow-list",
    severity: 'critical',
    section: 'egress-address-refused',
    metric: { source: 'gateway', name: 'EgressAddressRefused' },
    logs: {
      sources: ['refresh-access-token', 'call-wechat-api'],
      lines: [
        { event: ['refresh'], errcode: [ADDRESS_REFUSED] },
        { event: ['call'], errcode: [ADDRESS_REFUSED] },
      ],
    },
  },
  {
    ...ONCE_IN_FIVE_MINUTES,
    id: 'app-secret-unusable',
    title: 'An app secret is wrong, frozen, missing or malformed',
    severity: 'critical',
    section: 'app-secret-unusable',
    metric: { source: 'gateway', name: 'AppSecretUnusable' },
    logs: {
      sources: ['refresh-access-token', 'call-with-app-secret'],
      lines: [
        { event: ['refresh'], errcode: [...APP_SECRET_REFUSED, APP_SECRET_FROZEN] },
        { event: ['refresh'], failureCause: ['app-secret-missing', 'app-secret-malformed'] },
        { event: ['app-secret-call'], cause: ['app-secret-refused', 'no-app-secret'] },
        { event: ['app-secret-call'], errcode: [APP_SECRET_FROZEN] },
      ],
    },
  },
  {
    ...ONCE_IN_FIVE_MINUTES,
    id: 'admin-confirmation-needed',
    title: "The account's administrator has to confirm our address in WeChat, or has refused it",
    severity: 'critical',
    section: 'admin-confirmation-needed',
    metric: { source: 'gateway', name: 'AdminConfirmationNeeded' },
    logs: refreshLines({ event: ['refresh'], errcode: ADMIN_CONFIRMATION }),
  },
  {
    ...ONCE_IN_FIVE_MINUTES,
    id: 'issue-refused',
    title: 'WeChat refuses to issue an access token for another reason, such as a frozen account',
    severity: 'critical',
    section: 'issue-refused',
    metric: { source: 'gateway', name: 'IssueRefused' },
    logs: refreshLines({ event: ['refresh'], failureClass: ['rejected'], failureCause: ['errcode'] }),
  },
  {
    ...ONCE_IN_FIVE_MINUTES,
    id: 'issue-quota-reached',
    title: "An account's quota for issuing access tokens is used up",
    severity: 'warning',
    section: 'issue-quota-reached',
    metric: { source: 'gateway', name: 'IssueQuotaReached' },
    logs: refreshLines({ event: ['refresh'], failureClass: ['quota'] }),
  },
  {
    id: 'tokens-killed-repeatedly',
    title: 'Somebody else replaces our access tokens: they die early again and again',
    severity: 'warning',
    section: 'tokens-killed-repeatedly',
    metric: { source: 'gateway', name: 'TokensReplacedEarly' },
    statistic: 'Sum',
    comparison: 'at-least',
    threshold: 3,
    periodSeconds: HOUR,
    datapointsToAlarm: 1,
    evaluationPeriods: 1,
    missingData: 'notBreaching',
    logs: refreshLines({ event: ['refresh'], outcome: ['committed'], reason: ['refused'] }),
  },
  {
    id: 'quota-nearly-used',
    title: "Over 80 % of one of WeChat's quotas is used",
    severity: 'warning',
    section: 'quota-nearly-used',
    metric: { source: 'gateway', name: 'QuotaUsedPercent' },
    statistic: 'Maximum',
    comparison: 'over',
    threshold: NEARLY_USED_PERCENT,
    periodSeconds: HOUR,
    datapointsToAlarm: 1,
    evaluationPeriods: 1,
    missingData: 'notBreaching',
    logs: { sources: ['call-wechat-api'], lines: [{ event: ['quota-nearly-used'] }] },
  },
];
