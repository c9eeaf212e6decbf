import * as fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  examineEvent,
  healEvent,
  MalformedRefreshEvent,
  operatorEvent,
  parseRefreshEvent,
} from '#shared/access-token/refresh-event.ts';
import { MalformedAlarmEvent, parseAlarmEvent } from '#shared/alarm/alarm-change.ts';
import { MalformedAppSecretCall, parseAppSecretCall } from '#shared/app-secret-call/app-secret-call.ts';
import { MalformedQuotaRequest, parseQuotaRequest, quotaEvent } from '#shared/quota/quota-request.ts';
import { approvalEvent, MalformedSyncEvent, parseSyncEvent } from '#shared/server-ips/sync-event.ts';
import { nearly } from './fuzzing/nearly.ts';

const APP_ID = 'wx0123456789abcdef';
/** Stands for a login code or a token in the wrong place: no refusal may repeat it. */
const CANARY = 'cAnArY v4lue';
const RID = '6aac0063-7ed08fb9-1250f724';
const TOLD = {
  'detail-type': 'CloudWatch Alarm State Change',
  detail: {
    alarmName: 'gateway-dev-TokenLifeShort',
    state: { value: 'OK', timestamp: '2026-11-20T04:00:00.000+0000', reason: CANARY },
    previousState: { value: 'ALARM' },
  },
};
const LOGIN = { appId: APP_ID, call: 'sns/jscode2session', fields: { js_code: CANARY }, deadline: 1 };

const appId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/));
const endpoint = v.optional(v.pipe(v.string(), v.startsWith('/')));
const finite = v.pipe(v.number(), v.finite());
const grantType = v.optional(v.string());

interface EventReader {
  readonly name: string;
  readonly read: (event: unknown) => unknown;
  readonly refusal: new (...words: never[]) => Error;
  /** Events as they are sent. */
  readonly good: readonly object[];
  /** All that may come of any event. */
  readonly outcome: v.GenericSchema;
}

const READERS: readonly EventReader[] = [
  {
    name: 'refresh-access-token',
    read: parseRefreshEvent,
    refusal: MalformedRefreshEvent,
    good: [
      {},
      healEvent(APP_ID, undefined),
      healEvent(APP_ID, '0123456789abcdef'),
      operatorEvent(APP_ID, 'leaked'),
      examineEvent(APP_ID),
      examineEvent(undefined),
    ],
    outcome: v.variant('kind', [
      v.strictObject({ kind: v.literal('tick') }),
      v.strictObject({ kind: v.literal('examine-upstream') }),
      v.strictObject({ kind: v.literal('examine-account'), appId }),
      v.strictObject({
        kind: v.literal('heal'),
        appId,
        reason: v.variant('kind', [
          v.strictObject({ kind: v.literal('missing') }),
          v.strictObject({ kind: v.literal('refused'), fingerprint: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)) }),
        ]),
      }),
      v.strictObject({
        kind: v.literal('operator'),
        appId,
        reason: v.strictObject({ kind: v.picklist(['operator', 'leaked']) }),
      }),
    ]),
  },
  {
    name: 'sync-server-ips',
    read: parseSyncEvent,
    refusal: MalformedSyncEvent,
    good: [{}, approvalEvent('callback', 1_795_176_000_000), approvalEvent('api-domain', 0)],
    outcome: v.variant('kind', [
      v.strictObject({ kind: v.literal('sync') }),
      v.strictObject({
        kind: v.literal('approve'),
        list: v.picklist(['callback', 'api-domain']),
        since: v.pipe(v.number(), v.safeInteger()),
      }),
    ]),
  },
  {
    name: 'sync-quotas',
    read: parseQuotaRequest,
    refusal: MalformedQuotaRequest,
    good: [
      {},
      quotaEvent({ kind: 'learn', appId: APP_ID, endpoint: undefined }),
      quotaEvent({ kind: 'learn', appId: APP_ID, endpoint: '/cgi-bin/menu/get' }),
      quotaEvent({ kind: 'clear', appId: APP_ID, endpoint: '/cgi-bin/menu/get' }),
      quotaEvent({ kind: 'rid', appId: APP_ID, rid: RID }),
    ],
    outcome: v.variant('kind', [
      v.strictObject({ kind: v.literal('learn-all') }),
      v.strictObject({ kind: v.picklist(['learn', 'clear']), appId, endpoint }),
      v.strictObject({ kind: v.literal('rid'), appId, rid: v.pipe(v.string(), v.regex(/^[0-9a-f-]+$/i)) }),
    ]),
  },
  {
    name: 'call-with-app-secret',
    read: parseAppSecretCall,
    refusal: MalformedAppSecretCall,
    good: [
      LOGIN,
      { ...LOGIN, call: 'sns/oauth2/access_token', fields: { code: CANARY, grant_type: 'authorization_code' } },
      { ...LOGIN, call: 'cgi-bin/clear_quota/v2', fields: {} },
    ],
    outcome: v.variant('call', [
      v.strictObject({
        appId,
        call: v.literal('sns/jscode2session'),
        fields: v.strictObject({ js_code: v.optional(v.string()), grant_type: grantType }),
        deadline: finite,
      }),
      v.strictObject({
        appId,
        call: v.literal('sns/oauth2/access_token'),
        fields: v.strictObject({ code: v.optional(v.string()), grant_type: grantType }),
        deadline: finite,
      }),
      v.strictObject({
        appId,
        call: v.literal('cgi-bin/clear_quota/v2'),
        fields: v.strictObject({}),
        deadline: finite,
      }),
    ]),
  },
  {
    name: 'send-alarm-notice',
    read: parseAlarmEvent,
    refusal: MalformedAlarmEvent,
    good: [TOLD, { ...TOLD, detail: { ...TOLD.detail, state: { ...TOLD.detail.state, value: 'ALARM' } } }],
    outcome: v.optional(
      v.strictObject({ name: v.string(), state: v.picklist(['on', 'off']), at: finite, reason: v.string() }),
    ),
  },
];

describe.each(READERS)('the event of $name', (reader) => {
  const sent = fc.constantFrom(...reader.good);

  it('is read as it is sent', () => {
    for (const event of reader.good) expect(verdictOn(JSON.parse(JSON.stringify(event)), reader)).toBe('read');
  });

  it('is read for one of the things that can be asked, or refused without repeating a value, whatever it is', () => {
    const seen = { read: 0, refused: 0 };
    const events = fc.oneof({ weight: 9, arbitrary: nearly(sent, fc.constant(CANARY)) }, fc.anything());
    fc.assert(
      fc.property(events, (event) => {
        const verdict = verdictOn(event, reader);
        expect(['read', 'refused']).toContain(verdict);
        seen[verdict] += 1;
      }),
    );
    // A fuzzer whose events all end alike shows nothing.
    expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(500);
  });
});

/** @throws what no event may end in: an error of another kind, one that tells too much, an outcome that nobody can ask for */
function verdictOn(event: unknown, { read, refusal, outcome: form }: EventReader): 'read' | 'refused' {
  let outcome: unknown;
  try {
    outcome = read(event);
  } catch (error) {
    if (error instanceof refusal && !error.message.includes(CANARY)) return 'refused';
    throw error;
  }
  v.assert(form, outcome);
  return 'read';
}
