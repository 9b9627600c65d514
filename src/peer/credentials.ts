/** What a peer entry of the configuration says of TLS and basic authentication, read from its files. */
import type { HaPeerConfig } from '../config/ha-model.ts';
import { type FileFault, formatFault, isFaults } from '../credentials/fault.ts';
import { type Login, readLogin } from '../credentials/login.ts';
import { readTlsSet, type TlsSet } from '../credentials/tls-set.ts';

/** Null where the entry has none. */
export interface PeerCredentials {
  readonly tls: TlsSet | null;
  readonly login: Login | null;
}

/** @throws Error that names every file that cannot be used */
export function readPeerCredentials({ tls, basicAuth }: HaPeerConfig): PeerCredentials {
  return {
    tls: tls === null ? null : orThrow(readTlsSet(tls)),
    login: basicAuth === null ? null : orThrow(readLogin(basicAuth)),
  };
}

function orThrow<T extends object>(read: T | readonly FileFault[]): T {
  if (isFaults(read)) throw new Error(read.map(formatFault).join('; '));
  return read;
}
