import { describe, expect, it } from 'vitest';
import { problem, wechatError } from '#shared/api-call/answer-shape.ts';
import { REFUSALS, Refusal, type RefusalCause } from '#shared/api-call/refusal.ts';

// A literal object's own keys are its causes; Object.keys widens them.
const CAUSES = Object.keys(REFUSALS) as RefusalCause[];

describe('every refusal', () => {
  it.each(CAUSES)('%s has one line of ASCII that names no other errcode', (cause) => {
    const { errmsg } = new Refusal(cause);
    expect(errmsg).toMatch(/^[\x20-\x7e]{20,200}$/);
    expect(errmsg).not.toMatch(/\b4[0-9]{4}\b/);
  });

  it.each(CAUSES)('%s is HTTP 200 and one compact line of JSON on the paths of WeChat', (cause) => {
    const answer = wechatError(new Refusal(cause));
    const { errcode, errmsg } = REFUSALS[cause];
    expect(answer).toEqual({
      statusCode: 200,
      headers: { 'content-type': 'application/json', 'x-gateway-error': cause, 'cache-control': 'no-store' },
      body: `{"errcode":${errcode},"errmsg":${JSON.stringify(errmsg)}}`,
      isBase64Encoded: false,
    });
  });

  it.each(CAUSES)('%s is a problem document with a status of its own under /gateway/', (cause) => {
    const { errcode, errmsg, httpStatus } = REFUSALS[cause];
    const answer = problem(new Refusal(cause));
    expect(answer.statusCode).toBe(httpStatus);
    expect(httpStatus).toBeGreaterThanOrEqual(400);
    expect(answer.headers).toMatchObject({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
    expect(JSON.parse(answer.body)).toEqual({
      title: expect.stringMatching(/./),
      status: httpStatus,
      detail: errmsg,
      cause,
      errcode,
    });
  });
});

describe('the errcodes of refusals', () => {
  it.each<[RefusalCause, number]>([
    ['no-credential', 41001],
    ['malformed-credential', 40001],
    ['unknown-key', 40001],
    ['retired-key', 40001],
    ['caller-disabled', 40001],
    ['invalid-gateway-token', 40001],
    ['token-endpoint-bad-key', 40125],
    ['token-endpoint-unknown-account', 40013],
    ['token-endpoint-no-appid', 41002],
    ['token-endpoint-no-secret', 41004],
    ['token-endpoint-grant-type', 40002],
    ['account-not-named', 41002],
    ['unknown-account', 40013],
    ['double-slash', 40066],
    ['malformed-path', 40066],
    ['method-not-allowed', 43002],
    ['never-forwarded', 48001],
    ['not-granted', 48001],
    ['app-secret-call-bad-key', 40125],
    ['minute-limit', 45011],
    ['day-limit', 45009],
    ['body-too-large', 40006],
    ['answer-too-large', 990413],
    ['no-token', -1],
    ['table-unreachable', -1],
    ['upstream-unreachable', -1],
    ['internal-error', -1],
    ['upstream-timeout', 990504],
    ['upstream-broke', 990504],
    ['failed-after-sending', 990504],
    ['token-refused-again', 990401],
    ['app-secret-refused', 990401],
  ])('%s is %i', (cause, errcode) => {
    expect(new Refusal(cause).errcode).toBe(errcode);
  });

  it('are never 40001 or 42001 at the token endpoints, where an SDK would loop', () => {
    const causes = CAUSES.filter((cause) => cause.startsWith('token-endpoint'));
    expect(causes).toHaveLength(5);
    expect(
      causes.map((cause) => REFUSALS[cause].errcode).some((code: number) => code === 40001 || code === 42001),
    ).toBe(false);
  });

  it('say for // what to do about it', () => {
    expect(new Refusal('double-slash').errmsg).toContain('your base URL ends with a slash');
  });
});

describe('a refusal', () => {
  it('keeps the error behind it for the log and out of its texts', () => {
    const refusal = new Refusal('table-unreachable', new Error('a detail'));
    expect(refusal.underlying).toEqual(new Error('a detail'));
    expect(`${refusal.message}${wechatError(refusal).body}${problem(refusal).body}`).not.toContain('a detail');
  });

  it('says with 401 and 405 what would do', () => {
    expect(problem(new Refusal('no-credential')).headers['www-authenticate']).toBe('Bearer');
    expect(problem(new Refusal('method-not-allowed'), 'POST').headers['allow']).toBe('POST');
    expect(problem(new Refusal('method-not-allowed')).headers['allow']).toBe('GET, POST');
  });
});
