import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './command.ts';

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
/** WeChat as the functions know it, MiniStack as AWS clients know it, and the hosts that it gives to APIs. */
const NAMES = 'DNS:api.weixin.qq.com,DNS:api2.weixin.qq.com,DNS:localhost,DNS:*.execute-api.localhost,IP:127.0.0.1';

/** PEM files. */
export interface Certificates {
  /** What clients are to trust. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** Where {@link makeCertificates} puts them. */
export function certificatesIn(folder: string): Certificates {
  const at = (name: string) => join(folder, name);
  return { authority: at('authority.pem'), certificate: at('server.pem'), key: at('server.key') };
}

/** Makes a certificate authority of two days and one certificate for every name of the rehearsal. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const at = (name: string) => join(folder, name);
  const made = certificatesIn(folder);
  const { authority, certificate, key } = made;
  const extensions = at('server.extensions');
  await writeFile(extensions, `subjectAltName=${NAMES}\n`);
  await openssl('req', '-x509', ...KEY, '-subj', '/CN=rehearsal CA', '-keyout', at('authority.key'), '-out', authority);
  await openssl('req', ...KEY, '-subj', '/CN=rehearsal', '-keyout', key, '-out', at('server.csr'));
  const signer = ['-CA', authority, '-CAkey', at('authority.key'), '-CAcreateserial', '-extfile', extensions];
  await openssl('x509', '-req', '-days', '2', ...signer, '-in', at('server.csr'), '-out', certificate);
  return made;
}

async function openssl(...args: string[]): Promise<void> {
  await runCommand('openssl', args);
}
