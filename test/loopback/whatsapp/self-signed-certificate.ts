import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** Dotted numbers in DER: ecdsa-with-SHA256, commonName, basicConstraints, subjectAltName. */
const ECDSA_SHA256 = '2a8648ce3d040302';
const COMMON_NAME = '550403';
const BASIC_CONSTRAINTS = '551d13';
const SUBJECT_ALT_NAME = '551d11';

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectId: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
  sequence: 0x30,
  set: 0x31,
  version: 0xa0,
  extensions: 0xa3,
  dnsName: 0x82,
  ipAddress: 0x87,
};

export interface Certificate {
  /** Both PEM. */
  readonly key: string;
  readonly certificate: string;
}

export interface CertificateOptions {
  /** True unless told. The Codex CLI (rustls) accepts no authority's certificate as a server's. */
  readonly isAuthority?: boolean;
}

/** A certificate of its own for 127.0.0.1 and localhost, valid until 2049. */
export function createSelfSignedCertificate({
  isAuthority = true,
}: CertificateOptions = {}): Certificate {
  const extensions = isAuthority ? [authorityExtension(), namesExtension()] : [namesExtension()];
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(TAG.sequence, objectId(ECDSA_SHA256));
  const name = der(
    TAG.sequence,
    der(TAG.set, der(TAG.sequence, objectId(COMMON_NAME), der(TAG.utf8, 'Deckhand loopback'))),
  );
  const body = der(
    TAG.sequence,
    der(TAG.version, der(TAG.integer, Buffer.from([2]))),
    der(TAG.integer, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    name,
    der(TAG.sequence, der(TAG.utcTime, '200101000000Z'), der(TAG.utcTime, '491231235959Z')),
    name,
    pair.publicKey.export({ format: 'der', type: 'spki' }),
    der(TAG.extensions, der(TAG.sequence, ...extensions)),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', body, pair.privateKey)]);
  const certificate = der(TAG.sequence, body, algorithm, der(TAG.bitString, signature));
  const key = pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  return { key, certificate: toPem(certificate) };
}

/** Clients trust it as their authority. */
function authorityExtension(): Buffer {
  const isAuthority = der(TAG.boolean, Buffer.from([0xff]));
  const value = der(TAG.octetString, der(TAG.sequence, isAuthority));
  return der(TAG.sequence, objectId(BASIC_CONSTRAINTS), isAuthority, value);
}

function namesExtension(): Buffer {
  const names = der(
    TAG.sequence,
    der(TAG.dnsName, 'localhost'),
    der(TAG.ipAddress, Buffer.from([127, 0, 0, 1])),
  );
  return der(TAG.sequence, objectId(SUBJECT_ALT_NAME), der(TAG.octetString, names));
}

function objectId(hex: string): Buffer {
  return der(TAG.objectId, Buffer.from(hex, 'hex'));
}

/** Tag, length, content. */
function der(tag: number, ...parts: (Buffer | string)[]): Buffer {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  if (length < 0x100) return Buffer.concat([Buffer.from([tag, 0x81, length]), content]);
  return Buffer.concat([Buffer.from([tag, 0x82, length >> 8, length & 0xff]), content]);
}

function toPem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
