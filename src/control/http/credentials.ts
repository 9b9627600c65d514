/** What a control socket shows and demands, read from the files that the configuration names. */
import type { HttpSocketConfig } from '../../config/control-model.ts';
import { type FileFault, formatFault, isFaults } from '../../credentials/fault.ts';
import { type Login, readLogin } from '../../credentials/login.ts';
import { readTlsSet, type TlsSet } from '../../credentials/tls-set.ts';

export interface ControlCredentials {
  /** Null = plain HTTP. */
  readonly tls: TlsSet | null;
  /** In the order of the configuration. */
  readonly logins: readonly Login[];
}

/** @throws Error that names every file that cannot be used: a socket that asks for no password is never the way out */
export function readControlCredentials({ tls, clients }: HttpSocketConfig): ControlCredentials {
  return {
    tls: tls === null ? null : orThrow(readTlsSet(tls)),
    logins: clients.map((client) => orThrow(readLogin(client))),
  };
}

function orThrow<T extends object>(read: T | readonly FileFault[]): T {
  if (isFaults(read)) throw new Error(read.map(formatFault).join('; '));
  return read;
}
