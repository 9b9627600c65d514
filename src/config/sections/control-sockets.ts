/** `control-socket` (a map, the old form) and `control-sockets` (a list). */

import { isIP } from 'node:net';
import { isAbsolute, resolve } from 'node:path';
import type { ControlSocketConfig } from '../control-model.ts';
import { readTls, tlsRules } from '../ha/credentials.ts';
import { child, type Path, quote } from '../problem.ts';
import type { Report } from '../report.ts';
import { listOf } from '../schema/collections.ts';
import { defineMap, mapOf, readMap, type Values } from '../schema/map.ts';
import { type Rule, required, rule, withDefault } from '../schema/rule.ts';
import { flag, integer, name, oneOf } from '../schema/scalars.ts';
import { readAuthentication } from './control-clients.ts';

const SOCKET_DIRECTORY = '/run/kea';
/** sun_path of Linux without its final NUL. */
const SOCKET_PATH_OCTETS_MAX = 107;

const TLS_KEYS = ['trust-anchor', 'cert-file', 'key-file'] as const;
/** There is nothing over a socket that it could inherit files from. */
const NO_TLS = { 'trust-anchor': undefined, 'cert-file': undefined, 'key-file': undefined };

/** Checked by the part that knows it. */
const handedOn: Rule<unknown, undefined> = {
  expected: 'a map',
  effect: 'used',
  isRequired: false,
  fallback: undefined,
  read: (value) => value,
};

/** What a header of HTTP may consist of, and those that would break the answer. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/;
const OWN_HEADERS = new Set(['connection', 'content-length', 'content-type', 'date', 'transfer-encoding']);

export const headerSchema = defineMap('http-headers[]', {
  name: required(
    rule('the name of an HTTP header that the server does not set itself', (value) =>
      typeof value === 'string' && HEADER_NAME.test(value) && !OWN_HEADERS.has(value.toLowerCase())
        ? value
        : undefined,
    ),
  ),
  value: required(
    rule('a text of printable ASCII', (value) =>
      typeof value === 'string' && /^[ -~]{0,4096}$/.test(value) ? value : undefined,
    ),
  ),
});

export const controlSocketSchema = defineMap('control-sockets[]', {
  'socket-type': required(oneOf('unix', 'http', 'https')),
  'socket-name': name(),
  'socket-address': withDefault(
    rule('an IP address', (value) => (typeof value === 'string' && isIP(value) !== 0 ? value : undefined)),
    '127.0.0.1',
  ),
  'socket-port': withDefault(integer(1, 65535), 8000),
  authentication: handedOn,
  ...tlsRules,
  'cert-required': withDefault(flag(), true),
  'http-headers': withDefault(listOf(mapOf(headerSchema), 'a list'), []),
});

interface PlacedSocket {
  readonly socket: ControlSocketConfig;
  readonly at: Path;
}

/**
 * @param single the value of `control-socket`, undefined when absent
 * @param several the value of `control-sockets`, undefined when absent
 * @param at the Dhcp4 map
 */
export function readControlSockets(
  single: unknown,
  several: readonly unknown[] | undefined,
  at: Path,
  report: Report,
): readonly ControlSocketConfig[] {
  const places: { value: unknown; at: Path }[] = [];
  if (single !== undefined) places.push({ value: single, at: child(at, 'control-socket') });
  for (const [index, value] of (several ?? []).entries())
    places.push({ value, at: child(child(at, 'control-sockets'), index) });
  if (single !== undefined && several !== undefined)
    report.error(
      child(at, 'control-socket'),
      '"control-socket" beside "control-sockets"',
      'one of the two',
      'key',
    );

  const sockets: PlacedSocket[] = [];
  for (const place of places) {
    const socket = readSocket(place.value, place.at, report);
    if (socket !== null) sockets.push({ socket, at: place.at });
  }
  checkDistinct(sockets, report);
  return sockets.map(({ socket }) => socket);
}

function readSocket(value: unknown, at: Path, report: Report): ControlSocketConfig | null {
  const errorsBefore = report.errorCount;
  const values = readMap(controlSocketSchema, value, at, report);
  if (values === undefined || report.errorCount > errorsBefore) return null;
  if (values['socket-type'] === 'unix') return readUnixSocket(values, at, report);
  return readHttpSocket(values, at, report);
}

function readHttpSocket(
  values: Values<typeof controlSocketSchema.rules>,
  at: Path,
  report: Report,
): ControlSocketConfig {
  const { 'socket-address': address, 'socket-type': type } = values;
  const { realm, clients } = readAuthentication(values.authentication, child(at, 'authentication'), report);
  const tls = readTls(values, { values: NO_TLS, at, told: new Set() }, at, report);
  if (type === 'https' && tls === null && TLS_KEYS.every((key) => !values[key]))
    report.error(
      child(at, 'socket-type'),
      '"https" without TLS files',
      'all of "trust-anchor", "cert-file" and "key-file"',
    );
  if (type === 'http' && tls !== null)
    report.error(child(at, 'socket-type'), '"http" with TLS files', '"https"');
  const isGuarded = clients.length > 0 || (tls !== null && values['cert-required']);
  if (!isGuarded && !/^(127\.|::1$)/.test(address))
    report.warn(
      child(at, 'socket-address'),
      `${quote(address)}, which other hosts may reach`,
      'a loopback address, or "authentication" with clients: the control commands ask for no password',
    );
  return {
    kind: 'http',
    address,
    port: values['socket-port'],
    tls: tls === null ? null : { ...tls, requireClientCerts: values['cert-required'] },
    clients,
    realm,
    headers: values['http-headers'].flatMap((header) =>
      header.name === undefined || header.value === undefined
        ? []
        : [{ name: header.name, value: header.value }],
    ),
  };
}

function readUnixSocket(
  values: Values<typeof controlSocketSchema.rules>,
  at: Path,
  report: Report,
): ControlSocketConfig | null {
  const socketName = values['socket-name'];
  if (socketName === undefined) {
    report.error(child(at, 'socket-name'), 'nothing', 'the path of the socket');
    return null;
  }
  const directory = process.env['KEA_CONTROL_SOCKET_DIR'] || SOCKET_DIRECTORY;
  const path = isAbsolute(socketName) ? socketName : resolve(directory, socketName);
  if (Buffer.byteLength(path) > SOCKET_PATH_OCTETS_MAX)
    report.error(
      child(at, 'socket-name'),
      `${quote(path)}, ${Buffer.byteLength(path)} octets`,
      `a path of at most ${SOCKET_PATH_OCTETS_MAX} octets`,
    );
  return { kind: 'unix', path };
}

function checkDistinct(sockets: readonly PlacedSocket[], report: Report): void {
  const seen = new Set<string>();
  for (const { socket, at } of sockets) {
    const key = socket.kind === 'unix' ? 'unix' : `${socket.address} port ${socket.port}`;
    const found = socket.kind === 'unix' ? 'a second unix socket' : `${key} a second time`;
    if (seen.has(key))
      report.error(at, found, 'one unix socket, and http sockets of different addresses or ports');
    seen.add(key);
  }
}
