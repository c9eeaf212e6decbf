import { generateKeyPairSync, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';

const length = (size: number): Buffer =>
  size < 0x80 ? Buffer.from([size]) : Buffer.from([0x82, Math.floor(size / 256), size % 256]);

const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const value = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), length(value.length), value]);
};

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const ECDSA_WITH_SHA256 = sequence(der(0x06, bytes('2a8648ce3d040302')));
const COMMON_NAME = der(0x06, bytes('550403'));
const SUBJECT_ALT_NAME = der(0x06, bytes('551d11'));
const BASIC_CONSTRAINTS = der(0x06, bytes('551d13'));
const TRUE = der(0x01, bytes('ff'));

/** A dNSName or an iPAddress (RFC 5280 section 4.2.1.6). */
const generalName = (host: string): Buffer =>
  isIPv4(host) ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host));

const extensions = (host: string): Buffer =>
  der(
    0xa3,
    sequence(
      sequence(BASIC_CONSTRAINTS, TRUE, der(0x04, sequence(TRUE))),
      sequence(SUBJECT_ALT_NAME, der(0x04, sequence(generalName(host)))),
    ),
  );

const pem = (certificate: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`;

/**
 * A fresh self-signed P-256 certificate (RFC 5280) for one DNS name or IPv4 address, with its key, both PEM: made at run time, so that no private
 * key lies in the repository and no OpenSSL binary is needed.
 */
export const selfSignedCertificate = (host: string): { cert: string; key: string } => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(host)))));
  const validity = sequence(der(0x17, Buffer.from('200101000000Z')), der(0x18, Buffer.from('20991231235959Z')));
  const version3 = der(0xa0, der(0x02, bytes('02')));
  const serial = der(0x02, bytes('01'));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const body = sequence(version3, serial, ECDSA_WITH_SHA256, name, validity, name, spki, extensions(host));
  const signature = der(0x03, bytes('00'), sign('sha256', body, privateKey));
  return {
    cert: pem(sequence(body, ECDSA_WITH_SHA256, signature)),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
};
