import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLog, type LogRecord } from '#shared/lambda/log.ts';

const KEY = `wxg_${'a'.repeat(12)}_${'b'.repeat(43)}_${'c'.repeat(6)}`;

function logged(record: LogRecord): Record<string, unknown> {
  const lines: string[] = [];
  createLog((line) => void lines.push(line))('INFO', record);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^[^\n]*\n$/);
  return JSON.parse(lines[0] ?? '') as Record<string, unknown>;
}

describe('a log line', () => {
  it('is one line of JSON with level, time and the fields that were given', () => {
    const { timestamp, ...fields } = logged({
      event: 'call',
      account: 'wx1',
      status: 200,
      healed: true,
      rid: undefined,
    });
    expect(fields).toEqual({ level: 'INFO', event: 'call', account: 'wx1', status: 200, healed: true });
    expect(new Date(String(timestamp)).toISOString()).toBe(timestamp);
  });

  it('has no field that is not on the list, whatever is passed', () => {
    // A caller of the log may hold more than its type says.
    const record = { event: 'call', token: 'secret', body: 'secret', headers: { a: 'secret' } } as LogRecord;
    expect(JSON.stringify(logged(record))).not.toContain('secret');
  });

  it('stays one line whatever stands in it', () => {
    const property = fc.property(fc.string({ unit: 'binary' }), (path) => {
      logged({ event: 'call', path });
    });
    fc.assert(property, { numRuns: 500 });
    expect(logged({ event: 'call', path: 'a\r\nb\u2028c' })['path']).toBe('a\r\nb\u2028c');
  });

  it('tells an error by name and message, and nothing of its causes, properties and stack', () => {
    class TableError extends Error {
      override readonly name = 'TableError';
      readonly request = { token: 'hidden' };
    }
    const error = new TableError('timed out', { cause: new Error('hidden') });
    expect(logged({ event: 'call', error })['error']).toBe('TableError: timed out');
  });

  it.each([
    ['a text', 'plain'],
    [42, 42],
    [{ a: 1 }, '[object Object]'],
    [null, 'null'],
  ])('takes %j for an error too', (error, shown) => {
    expect(logged({ event: 'call', error })['error']).toBe(error === 'a text' ? 'a text' : shown);
  });

  it('cuts texts at 512 signs', () => {
    expect(logged({ event: 'call', path: 'x'.repeat(600) })['path']).toHaveLength(512);
  });

  it.each([
    ['a caller key', `key ${KEY} refused`, 'key [redacted] refused'],
    ['a caller key that is cut off', KEY.slice(0, 30), '[redacted]'],
    ['a query', 'GET /x?access_token=s-1&a=1', 'GET /x?[redacted]&a=1'],
    ['JSON', '{"access_token":"s-1","a":1}', '{"[redacted]","a":1}'],
    ['JSON with spaces', '{ "secret" : "s-1" }', '{ "[redacted]" }'],
    ['JSON in a text of JSON', '{\\"access_token\\":\\"s-1\\",\\"a\\":1}', '{\\"[redacted]",\\"a\\":1}'],
    ['an encoded query', 'next=%2Fx%3Faccess_token%3Ds-1&a=1', 'next=%2Fx%3F[redacted]&a=1'],
    ['a form', 'appid=wx1&secret=s-1&x=2', 'appid=wx1&[redacted]&x=2'],
    ['capitals', 'ACCESS_TOKEN=s-1', '[redacted]'],
    ['a property', 'AppSecret: s-1', '[redacted]'],
  ])('holds no credential that comes in %s', (_, message, shown) => {
    const { error } = logged({ event: 'call', error: new Error(message) });
    expect(error).not.toMatch(/s-1|bbb/);
    expect(error).toBe(`Error: ${shown}`);
    expect(logged({ event: 'call', path: message })['path']).not.toMatch(/s-1|bbb/);
  });
});
