/**
 * The three TLS files of a peer as one thing: read together and judged together, because a certificate without its key is
 * worth nothing. Files are replaced one after the other, so that what does not fit now may fit a moment later: then the
 * caller stays with the set that it has.
 */
import { createHash, createPrivateKey, type KeyObject } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { HaPeerConfig } from '../config/ha-model.ts';
import { type Certificate, formatMoment, parseCertificates } from './certificate.ts';
import type { FileFault } from './fault.ts';
import { CREDENTIAL_OCTETS_MAX, readTrustAnchor } from './trust-anchor.ts';
import { readWholeFile, type Unreadable } from './whole-file.ts';

export type TlsPaths = NonNullable<HaPeerConfig['tls']>;

export interface TlsSet {
  readonly paths: TlsPaths;
  /** PEM: certificates that the other side's certificate must descend from. */
  readonly ca: readonly Buffer[];
  /** PEM: the own certificate first, then those between it and its authority. */
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly authorities: readonly Certificate[];
  readonly chain: readonly Certificate[];
  /** The same for the same content. */
  readonly digest: string;
}

/** How the two PEM forms of keys say that they have a passphrase. */
const ENCRYPTED = /^-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m;

/** @returns a set that can be used, whatever its dates are, or all that is wrong with the files. Never throws */
export function readTlsSet(paths: TlsPaths): TlsSet | readonly FileFault[] {
  const anchor = readTrustAnchor(paths.trustAnchor);
  const certificate = readChain(paths.certFile);
  const key = readKey(paths.keyFile);
  if ('reason' in anchor || 'reason' in certificate || 'reason' in key)
    return [
      ...faultOf('trust-anchor', paths.trustAnchor, anchor, 'certificates of authorities in PEM form'),
      ...faultOf('cert-file', paths.certFile, certificate, 'a certificate in PEM form'),
      ...faultOf('key-file', paths.keyFile, key, 'an unencrypted private key in PEM form'),
    ];
  const set = {
    paths,
    ca: anchor.pem,
    cert: certificate.pem,
    key: key.pem,
    authorities: anchor.certificates,
    chain: certificate.chain,
  };
  const misfit = findMisfit(set, key.key);
  return misfit === null ? { ...set, digest: digestOf([...set.ca, set.cert, set.key]) } : [misfit];
}

/**
 * What the dates of a set forbid. An expired authority beside one that is valid is a change of authorities under way, and an
 * expired certificate between the own one and its authority need not be on the way that the other side takes.
 * @param nowMs milliseconds since 1970
 */
export function dateFaults({ paths, authorities, chain }: TlsSet, nowMs: number): readonly FileFault[] {
  const faults: FileFault[] = [];
  const judge = (key: FileFault['key'], path: string, certificate: Certificate): void => {
    const reason = dateProblem(certificate, nowMs);
    if (reason !== null)
      faults.push({ key, path, reason, expected: 'one that is valid now: renew it, or set the clock' });
  };
  judge('cert-file', paths.certFile, chain[0]!);
  if (authorities.every((authority) => dateProblem(authority, nowMs) !== null))
    judge('trust-anchor', paths.trustAnchor, authorities[0]!);
  return faults;
}

function dateProblem({ subject, notBeforeMs, notAfterMs }: Certificate, nowMs: number): string | null {
  if (nowMs > notAfterMs) return `the certificate of ${subject} expired at ${formatMoment(notAfterMs)}`;
  if (nowMs < notBeforeMs)
    return `the certificate of ${subject} is not valid before ${formatMoment(notBeforeMs)}`;
  return null;
}

function faultOf(key: FileFault['key'], path: string, read: object, expected: string): FileFault[] {
  return 'reason' in read ? [{ key, path, reason: (read as Unreadable).reason, expected }] : [];
}

function readChain(path: string): { pem: Buffer; chain: readonly Certificate[] } | Unreadable {
  const pem = readWholeFile(path, CREDENTIAL_OCTETS_MAX);
  if ('reason' in pem) return pem;
  if (pem.length === 0) return { reason: 'an empty file' };
  const chain = parseCertificates(pem);
  if ('reason' in chain) return chain;
  return chain.length === 0 ? { reason: 'no certificate in PEM form' } : { pem, chain };
}

function readKey(path: string): { pem: Buffer; key: KeyObject } | Unreadable {
  const pem = readWholeFile(path, CREDENTIAL_OCTETS_MAX);
  if ('reason' in pem) return pem;
  if (pem.length === 0) return { reason: 'an empty file' };
  if (ENCRYPTED.test(pem.toString('latin1')))
    return { reason: 'an encrypted key, whose passphrase nobody can enter' };
  try {
    return { pem, key: createPrivateKey(pem) };
  } catch {
    return {
      reason: pem.includes('PRIVATE KEY-----') ? 'a broken private key' : 'no private key in PEM form',
    };
  }
}

/** What OpenSSL would not work with although each file is right by itself. */
function findMisfit(
  { paths, ca, cert, key, chain }: Omit<TlsSet, 'digest'>,
  privateKey: KeyObject,
): FileFault | null {
  const fault = { key: 'cert-file', path: paths.certFile } as const;
  const expected = `the certificate, first in its file, of the key in "${paths.keyFile}"`;
  try {
    if (!chain[0]!.x509.checkPrivateKey(privateKey))
      return { ...fault, reason: `the certificate of ${chain[0]!.subject} does not fit the key`, expected };
    createSecureContext({ ca: [...ca], cert, key });
    return null;
  } catch (error) {
    const { reason, message } = error as Error & { readonly reason?: string };
    return { ...fault, reason: `OpenSSL refuses it: ${reason ?? message}`, expected };
  }
}

function digestOf(parts: readonly Buffer[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('base64');
}
