import type { RefreshFailure } from '#shared/access-token/failure.ts';
import { errcodeEntry } from '#shared/wechat/errcode.ts';

/** What each kind of trouble between us and the upstream looks like, and what to do about it. */
const BY_CAUSE: Readonly<Record<string, string>> = {
  dns: 'its name cannot be resolved. Check --upstream and the DNS.',
  connect: 'it cannot be connected to. Check --upstream, that the server runs, and the network.',
  'connect-timeout': 'connecting takes too long. Check --upstream, the network and firewalls.',
  tls: "no TLS connection comes up. Check --upstream and the server's certificate (NODE_EXTRA_CA_CERTS adds a CA).",
  'first-byte-timeout': 'it did not answer in time. Try again, or check the server.',
  deadline: 'it did not answer in time. Try again, or check the server.',
  reset: 'it broke the connection off. Check that it speaks HTTP as --upstream says, and its log.',
  malformed: 'its answer is no HTTP. Check --upstream.',
  'odd-answer': "its answer holds no access token. Check that --upstream speaks WeChat's protocol.",
};

/** Why no token could be had from this upstream, and what to do: one line, with the errcode's advice if WeChat gave one. */
export function refreshTrouble(failure: RefreshFailure, upstream: string, appId: string): string {
  const { cause, errcode, egressAddress, rid } = failure;
  if (errcode === undefined) {
    const [, status] = /^status-(\d+)$/.exec(cause) ?? [];
    const text = status === undefined ? BY_CAUSE[cause] : `it answered HTTP ${status}. Check --upstream and its log.`;
    return `No access token for ${appId} from ${upstream}: ${text ?? cause}`;
  }
  const entry = errcodeEntry(errcode);
  const notes = [egressAddress !== undefined && `address ${egressAddress}`, rid !== undefined && `rid ${rid}`];
  const what = [`errcode ${errcode}`, entry?.meaning, ...notes].filter(Boolean).join(', ');
  return `No access token for ${appId} from ${upstream}: ${what}. ${entry?.advice ?? "See WeChat's page of errcodes."}`;
}
