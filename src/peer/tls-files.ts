/** Reads the PEM files of a peer's TLS settings, once, so that a wrong path is an error at start and not at failover. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { HaPeerConfig } from '../config/ha-model.ts';

export interface TlsMaterial {
  /** Certificates that the other side's certificate must descend from. */
  readonly ca: readonly Buffer[];
  readonly cert: Buffer;
  readonly key: Buffer;
}

/**
 * @param files the trust anchor may be a file or, as in Kea, a directory of certificates
 * @throws Error that names the file which cannot be read, or the directory without certificates
 */
export function readTlsFiles(files: NonNullable<HaPeerConfig['tls']>): TlsMaterial {
  return {
    ca: readTrustAnchor(files.trustAnchor),
    cert: readNamed(files.certFile, 'cert-file'),
    key: readNamed(files.keyFile, 'key-file'),
  };
}

function readTrustAnchor(path: string): Buffer[] {
  let names: string[] | null;
  try {
    names = statSync(path).isDirectory() ? readdirSync(path) : null;
  } catch (error) {
    throw new Error(`trust-anchor '${path}' cannot be read`, { cause: error });
  }
  if (names === null) return [readNamed(path, 'trust-anchor')];
  const certificates = names
    .sort()
    .map((name) => join(path, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => readNamed(file, 'trust-anchor'))
    .filter((bytes) => bytes.includes('-----BEGIN CERTIFICATE-----'));
  if (certificates.length === 0)
    throw new Error(`trust-anchor '${path}' is a directory without certificates`);
  return certificates;
}

function readNamed(path: string, parameter: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Error(`${parameter} '${path}' cannot be read`, { cause: error });
  }
}
