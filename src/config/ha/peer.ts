/** The entries of `peers`. */
import { isIPv6 } from 'node:net';
import { parseIpv4 } from '../../base/ipv4.ts';
import type { HaPeerConfig } from '../ha-model.ts';
import { child, type Path, quote } from '../problem.ts';
import type { Report } from '../report.ts';
import { defineMap, readMap } from '../schema/map.ts';
import { required, rule, withDefault } from '../schema/rule.ts';
import { flag, name, oneOf } from '../schema/scalars.ts';
import { basicAuthRules, readBasicAuth, readTls, type SharedTls, tlsRules } from './credentials.ts';

interface PeerUrl {
  readonly isHttps: boolean;
  readonly url: HaPeerConfig['url'];
}

export const peerSchema = defineMap(
  'peers[]',
  {
    name: required(name()),
    url: required(
      rule('a URL such as "http://192.0.2.1:8000/": scheme http or https, an IP address, a port', (value) =>
        typeof value === 'string' ? (parsePeerUrl(value) ?? undefined) : undefined,
      ),
    ),
    role: required(oneOf('primary', 'secondary', 'standby', 'backup')),
    'auto-failover': withDefault(flag(), true),
    ...tlsRules,
    ...basicAuthRules,
  },
  'warning',
);

/**
 * Reads the peers in the order of the file.
 * @param shared the TLS files of the relationship
 */
export function readPeers(
  entries: readonly unknown[],
  shared: SharedTls,
  at: Path,
  report: Report,
): readonly HaPeerConfig[] {
  const peers: HaPeerConfig[] = [];
  for (const [index, entry] of entries.entries()) {
    const place = child(at, index);
    const peer = readPeer(entry, shared, place, report);
    if (peer === null) continue;
    if (peers.some((other) => other.name === peer.name))
      report.error(child(place, 'name'), `${quote(peer.name)} a second time`, 'each name once');
    peers.push(peer);
  }
  return peers;
}

function readPeer(entry: unknown, shared: SharedTls, at: Path, report: Report): HaPeerConfig | null {
  const values = readMap(peerSchema, entry, at, report);
  if (values === undefined) return null;
  const tls = readTls(values, shared, at, report);
  const basicAuth = readBasicAuth(values, at, report);
  if (values.name === undefined || values.url === undefined || values.role === undefined) return null;
  // Kea decides for TLS by the files alone; a URL that promises it must have them.
  if (values.url.isHttps && tls === null)
    report.error(
      child(at, 'url'),
      'an https URL of a peer without TLS files',
      '"trust-anchor", "cert-file" and "key-file", or an http URL',
    );
  return {
    name: values.name.trim(),
    role: values.role,
    url: values.url.url,
    autoFailover: values['auto-failover'],
    tls,
    basicAuth,
  };
}

/** Names are not resolved, as in Kea: a partner must be found when the DNS servers are not. */
function parsePeerUrl(text: string): PeerUrl | null {
  const match = /^(https?):\/\/(?:\[([0-9a-fA-F:.]{2,45})\]|([0-9.]{7,15})):([0-9]{1,5})(?:\/.*)?$/.exec(
    text,
  );
  if (match === null) return null;
  const [, scheme, host6, host4, portText] = match;
  const port = Number(portText);
  const isValidHost = host6 === undefined ? parseIpv4(host4 ?? '') !== null : isIPv6(host6);
  if (!isValidHost || port < 1 || port > 65535) return null;
  return {
    isHttps: scheme === 'https',
    url: { host: host6 ?? host4 ?? '', port, ipv6: host6 !== undefined },
  };
}
