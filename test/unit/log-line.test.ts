import { describe, expect, it } from 'vitest';
import { logLine } from '../../infra/operator/log-line.ts';

const at = Date.UTC(2026, 10, 21, 9, 59);
const shown = (fields: object) =>
  logLine({ at, functionName: 'sync-quotas', text: JSON.stringify(fields), id: '1' }, { json: false, withDay: false });

describe('a line of AWS’s own', () => {
  it.each([
    { type: 'platform.start', record: { requestId: 'r' } },
    { type: 'platform.report', record: { requestId: 'r', status: 'success' } },
    { type: 'platform.report', record: { requestId: 'r' } },
    { type: 'platform.runtimeDone', record: { requestId: 'r', status: 'timeout' } },
  ])('is noise to people when it says no more than that an invocation ran: %j', (fields) => {
    expect(shown(fields)).toBeUndefined();
  });

  it.each(['timeout', 'error', 'failure'])('is shown when the invocation ended with %s', (status) => {
    const fields = { type: 'platform.report', record: { requestId: 'r', status } };
    expect(shown(fields)).toMatch(/^sync-quotas {10}\d\d:\d\d:00 \{"type":"platform\.report"/);
    expect(shown(fields)).toContain(status);
  });
});
