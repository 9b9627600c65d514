/** Certificates for one test, made by openssl: an authority with a certificate for each server, and a stranger's. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The three files of Kea's TLS parameters. */
export interface TlsFiles {
  readonly 'trust-anchor': string;
  readonly 'cert-file': string;
  readonly 'key-file': string;
}

export interface Certificates {
  readonly server1: TlsFiles;
  readonly server2: TlsFiles;
  /** Trusts the servers, but holds a certificate of another authority. */
  readonly stranger: TlsFiles;
  /** The other authority. */
  readonly otherAuthority: string;
}

/** @throws Error of openssl. */
export function makeCertificates(directory: string): Certificates {
  const authority = makeAuthority(directory, 'authority');
  const otherAuthority = makeAuthority(directory, 'other-authority');
  const issue = (name: string, by: string): TlsFiles => ({
    'trust-anchor': authority,
    ...makeCertificate(directory, name, by),
  });
  return {
    server1: issue('server1', authority),
    server2: issue('server2', authority),
    stranger: issue('stranger', otherAuthority),
    otherAuthority,
  };
}

function makeAuthority(directory: string, name: string): string {
  const file = join(directory, `${name}.pem`);
  openssl('req', '-x509', ...newKey(keyOf(file)), '-subj', `/CN=${name}`, '-days', '2', '-out', file);
  return file;
}

function makeCertificate(directory: string, name: string, authority: string): Omit<TlsFiles, 'trust-anchor'> {
  const file = join(directory, `${name}.pem`);
  const request = join(directory, `${name}.csr`);
  const extensions = join(directory, `${name}.cnf`);
  writeFileSync(extensions, 'basicConstraints=critical,CA:FALSE\n');
  openssl('req', '-new', ...newKey(keyOf(file)), '-subj', `/CN=${name}`, '-out', request);
  const issuer = ['-CA', authority, '-CAkey', keyOf(authority), '-CAcreateserial', '-days', '2'];
  openssl('x509', '-req', '-in', request, ...issuer, '-extfile', extensions, '-out', file);
  return { 'cert-file': file, 'key-file': keyOf(file) };
}

function keyOf(certificate: string): string {
  return certificate.replace(/\.pem$/, '-key.pem');
}

function newKey(file: string): string[] {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', file];
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}
