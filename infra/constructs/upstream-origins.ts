import type { StageEnvironment } from '../environment-file.ts';

/** WeChat's hosts as the functions' variable has them: comma-separated origins. */
export function upstreamOriginsOf({ upstreamHosts }: StageEnvironment): string {
  return upstreamHosts.map((host) => `https://${host}`).join(',');
}
