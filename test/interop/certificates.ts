/** Certificates for one test, made by openssl: an authority with a certificate for each server, and a stranger's. */
import { Authority } from '../support/authority.ts';

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
  const authority = new Authority(directory, 'authority');
  const other = new Authority(directory, 'other-authority');
  const issue = (name: string, by: Authority): TlsFiles => {
    const { certificate, key } = by.issue(name);
    return { 'trust-anchor': authority.certificate, 'cert-file': certificate, 'key-file': key };
  };
  return {
    server1: issue('server1', authority),
    server2: issue('server2', authority),
    stranger: issue('stranger', other),
    otherAuthority: other.certificate,
  };
}
