import { checkPath } from '#shared/api-call/path.ts';
import { Refusal } from '#shared/api-call/refusal.ts';
import { endpointName } from '#shared/usage/endpoint-name.ts';
import { usageFailure } from './operator-failure.ts';

/**
 * An endpoint by the name under which its calls are counted.
 * @param also a text that may stand there besides paths
 * @throws {OperatorFailure} when the text cannot be a path of WeChat's; repeats nothing of it
 */
export function endpointArgument(text: string, also?: string): string {
  if (text === also) return text;
  try {
    checkPath(text);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw usageFailure('An endpoint is a path of WeChat’s without host and query, such as /cgi-bin/user/info.');
  }
  return endpointName(text);
}
