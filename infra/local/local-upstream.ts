import { randomBytes } from 'node:crypto';
import type { Simulator } from '../../test/wechat-simulator/simulator.ts';
import type { Closing } from './closing.ts';
import type { StartFlags } from './start-flags.ts';

/** Who plays WeChat, and the account's secret there. */
export interface LocalUpstream {
  readonly origins: readonly string[];
  readonly appSecret: string;
  /** Absent with `--upstream`. */
  readonly simulator?: Simulator;
}

/** The server that `--upstream` names, or else a simulator of its own that knows one account. */
export async function startLocalUpstream(
  { upstreamOrigins, appSecret }: Pick<StartFlags, 'upstreamOrigins' | 'appSecret'>,
  appId: string,
  closing: Closing,
): Promise<LocalUpstream> {
  const secret = appSecret ?? randomBytes(16).toString('hex');
  if (upstreamOrigins !== undefined) return { origins: upstreamOrigins, appSecret: secret };
  // Not loaded otherwise: with --upstream nothing of the simulator is needed.
  const { startSimulator } = await import('../../test/wechat-simulator/simulator.ts');
  const simulator = await startSimulator({ accounts: [{ appId, appSecret: secret }] });
  closing.add(() => simulator.close());
  return { origins: [simulator.origin], appSecret: secret, simulator };
}
