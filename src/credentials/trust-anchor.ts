/** The authorities that a peer's certificate must descend from: a file, or as in Kea a directory of files. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Certificate, parseCertificates } from './certificate.ts';
import { readWholeFile, type Unreadable, wordsOf } from './whole-file.ts';

/** The certificates of all authorities of the world take less than this. */
export const CREDENTIAL_OCTETS_MAX = 4 * 1024 * 1024;
/** Files of a directory; /etc/ssl/certs has some 450, each authority under two names. */
export const DIRECTORY_FILES_MAX = 4_096;
/** All files of a directory together. */
const DIRECTORY_OCTETS_MAX = 4 * CREDENTIAL_OCTETS_MAX;

export interface Authorities {
  readonly pem: readonly Buffer[];
  readonly certificates: readonly Certificate[];
}

/** @returns the authorities, or why there are none. Never throws */
export function readTrustAnchor(path: string): Authorities | Unreadable {
  try {
    if (statSync(path).isDirectory()) return readDirectory(path);
  } catch (error) {
    return { reason: wordsOf(error) };
  }
  const authorities = readAuthorities(path);
  if ('reason' in authorities || authorities.certificates.length > 0) return authorities;
  return { reason: authorities.pem[0]!.length === 0 ? 'an empty file' : 'no certificate in PEM form' };
}

function readDirectory(directory: string): Authorities | Unreadable {
  const pem: Buffer[] = [];
  const certificates: Certificate[] = [];
  let octets = 0;
  const names = readdirSync(directory).sort();
  if (names.length > DIRECTORY_FILES_MAX) return { reason: `more than ${DIRECTORY_FILES_MAX} files` };
  for (const name of names) {
    const file = join(directory, name);
    // A link that leads nowhere is what a removed authority leaves behind.
    if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) continue;
    const read = readAuthorities(file);
    if ('reason' in read) return { reason: `${name} in it: ${read.reason}` };
    if (read.certificates.length === 0) continue;
    octets += read.pem[0]!.length;
    if (octets > DIRECTORY_OCTETS_MAX) return { reason: `more than ${DIRECTORY_OCTETS_MAX} octets` };
    pem.push(...read.pem);
    certificates.push(...read.certificates);
  }
  return certificates.length === 0 ? { reason: 'a directory without certificates' } : { pem, certificates };
}

function readAuthorities(path: string): Authorities | Unreadable {
  const bytes = readWholeFile(path, CREDENTIAL_OCTETS_MAX);
  if ('reason' in bytes) return bytes;
  const certificates = parseCertificates(bytes);
  return 'reason' in certificates ? certificates : { pem: [bytes], certificates };
}
