import { comparablePath } from '../api-call/path.ts';
import { endpointOf } from '../wechat/endpoints.ts';

const LONGEST_NAME = 100;

/**
 * The name by which an endpoint's calls are counted and shared: WeChat's spelling for one of the catalogue, else the path as grants compare it, cut
 * to 100 characters. The same for every spelling that WeChat may take for the same.
 */
export function endpointName(path: string): string {
  return endpointOf(path)?.path ?? comparablePath(path).slice(0, LONGEST_NAME);
}
