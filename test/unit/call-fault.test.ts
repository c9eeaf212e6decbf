import { expect, it } from 'vitest';
import { type Fault, faultOf } from '#shared/api-call/fault.ts';
import { isRefusalCause, REFUSALS } from '#shared/api-call/refusal.ts';

const causesOf = (fault: Fault) =>
  Object.keys(REFUSALS)
    .filter(isRefusalCause)
    .filter((cause) => faultOf(cause) === fault)
    .toSorted();

it('an operator has to look after these refusals: the gateway, its token or its secret is at fault', () => {
  expect(causesOf('gateway')).toEqual([
    'app-secret-function-unreachable',
    'app-secret-refused',
    'failed-after-sending',
    'internal-error',
    'no-app-secret',
    'no-server-ips',
    'no-ticket',
    'no-token',
    'table-unreachable',
    'token-refused-again',
  ]);
});

it('these are the trouble of WeChat or the way there', () => {
  expect(causesOf('upstream')).toEqual(['upstream-broke', 'upstream-timeout', 'upstream-unreachable']);
});

it('credentials, grants and limits are the caller’s', () => {
  const causes = causesOf('caller');
  expect(causes).toEqual(expect.arrayContaining(['unknown-key', 'not-granted', 'minute-limit', 'no-credential']));
  expect(causes.filter((cause) => ![401, 403, 429].includes(REFUSALS[cause].httpStatus))).toEqual([]);
});

it('what is asked for in a wrong way, or is too much, is the request’s', () => {
  const causes = causesOf('request');
  expect(causes).toEqual(expect.arrayContaining(['malformed-path', 'body-too-large', 'answer-too-large']));
  expect(causes.filter((cause) => REFUSALS[cause].httpStatus >= 500)).toEqual(['answer-too-large']);
});
