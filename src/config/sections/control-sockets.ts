/** `control-socket` (a map, the old form) and `control-sockets` (a list). */

import { isIP } from 'node:net';
import { isAbsolute, resolve } from 'node:path';
import type { ControlSocketConfig } from '../model.ts';
import { child, type Path, quote } from '../problem.ts';
import type { Report } from '../report.ts';
import { isMap } from '../schema/collections.ts';
import { defineMap, readMap, type Values } from '../schema/map.ts';
import { accepted, notImplemented, type Rule, required, rule, withDefault } from '../schema/rule.ts';
import { flag, integer, name, oneOf } from '../schema/scalars.ts';
import { emptyList } from './unimplemented.ts';

const SOCKET_DIRECTORY = '/run/kea';
/** sun_path of Linux without its final NUL. */
const SOCKET_PATH_OCTETS_MAX = 107;

/** What would protect the socket is never ignored. */
function authentication(): Rule<undefined, undefined> {
  const isInert = (value: unknown) =>
    isMap(value) &&
    (value['clients'] === undefined || (Array.isArray(value['clients']) && value['clients'].length === 0));
  return notImplemented('a map without clients', isInert, false);
}

function socketType(): Rule<string, undefined> {
  const known = oneOf('unix', 'http', 'https');
  return {
    ...known,
    expected: '"unix" or "http"',
    read: (value, at, report) => {
      if (value === 'https') report.unsupported(at, value, '"unix" or "http"', false);
      return known.read(value, at, report);
    },
  };
}

const noTls = notImplemented('""', (value) => value === '', false);

export const controlSocketSchema = defineMap('control-sockets[]', {
  'socket-type': required(socketType()),
  'socket-name': name(),
  'socket-address': withDefault(
    rule('an IP address', (value) => (typeof value === 'string' && isIP(value) !== 0 ? value : undefined)),
    '127.0.0.1',
  ),
  'socket-port': withDefault(integer(1, 65535), 8000),
  authentication: authentication(),
  'trust-anchor': noTls,
  'cert-file': noTls,
  'key-file': noTls,
  'cert-required': accepted(flag()),
  'http-headers': emptyList(),
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
  if (values['socket-type'] !== 'http') return null;
  const address = values['socket-address'];
  if (!/^(127\.|::1$)/.test(address))
    report.warn(
      child(at, 'socket-address'),
      `${quote(address)}, which other hosts may reach`,
      'a loopback address: the control commands ask for no password',
    );
  return { kind: 'http', address, port: values['socket-port'] };
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
