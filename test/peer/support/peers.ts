/** Configuration entries of peers for tests. */
import { fileURLToPath } from 'node:url';
import type { HaPeerConfig } from '../../../src/config/ha-model.ts';

/** Tests run compiled, from a folder beside `test`, where the files that are not code are. */
function fixture(name: string): string {
  return fileURLToPath(new URL(`../../../../test/peer/${name}`, import.meta.url));
}

export function tlsFiles(name: string, trustAnchor = 'ca'): NonNullable<HaPeerConfig['tls']> {
  return {
    trustAnchor: fixture(`tls/${trustAnchor}.pem`),
    certFile: fixture(`tls/${name}.pem`),
    keyFile: fixture(`tls/${name}-key.pem`),
  };
}

export const tlsDirectory = fixture('tls');

export function peerAt(port: number, changes: Partial<HaPeerConfig> = {}): HaPeerConfig {
  return {
    name: 'server2',
    role: 'secondary',
    url: { host: '127.0.0.1', port, ipv6: false },
    autoFailover: true,
    tls: null,
    basicAuth: null,
    ...changes,
  };
}

/** Credentials that stand in the configuration itself. */
export function loginOf(user: string, password: string): NonNullable<HaPeerConfig['basicAuth']> {
  return { user: { text: user }, password: { text: password } };
}
