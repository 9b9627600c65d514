/** What the high-availability relationships owe each other and the rest of the configuration. */

import type { ControlSocketConfig } from '../control-model.ts';
import type { HaPeerConfig, HaRelationshipConfig } from '../ha-model.ts';
import type { CommonConfig } from '../model.ts';
import { child, type Path, quote } from '../problem.ts';
import type { Report } from '../report.ts';

/** What of a configuration has to do with relationships. */
interface Config extends Pick<CommonConfig, 'relationships' | 'controlSockets' | 'tandem'> {
  readonly subnets: readonly {
    readonly id: number;
    readonly haServerName: string | null;
    readonly pools: readonly Guarded[];
    /** Of prefixes. */
    readonly pdPools?: readonly Guarded[];
  }[];
}

interface Guarded {
  readonly clientClasses: readonly string[];
}

/** @param at the list of relationships */
export function checkRelationships(config: Config, at: Path, report: Report): void {
  const { relationships } = config;
  relationships.forEach((relationship, index) => {
    checkListener(config, index, child(at, index), report);
    checkTargets(relationship, child(child(at, index), 'peers'), report);
    checkSplit(config, relationship, child(at, index), report);
  });
  if (relationships.length > 1) checkHub(config, at, report);
}

/** The listener of this server's own URL needs an address and port that nothing else has. */
function checkListener(config: Config, index: number, at: Path, report: Report): void {
  const own = listenerOf(config.relationships[index]!);
  if (own === null) return;
  const url = { host: config.tandem.peerListenAddress ?? own.url.host, port: own.url.port };
  const place = child(child(child(at, 'peers'), own.position), 'url');
  const expected = 'a port of its own for the listener of this server';
  if (config.controlSockets.some((socket) => isHttpAt(socket, url)))
    report.error(place, `port ${url.port}, which a control socket has`, expected);
  const { peers } = config.relationships[index]!;
  if (
    peers.some(
      (peer) => peer.name !== own.name && peer.url.host === own.url.host && peer.url.port === url.port,
    )
  )
    report.error(place, `${own.url.host} port ${url.port}, which another peer has`, expected);
  const earlier = config.relationships.slice(0, index).map(listenerOf);
  if (earlier.some((other) => other !== null && sharesPort(other.url, url)))
    report.error(place, `port ${url.port}, which another relationship has`, expected);
}

/** A server may listen on all its addresses, but nobody can be reached at "all addresses". */
function checkTargets({ peers, thisServerName }: HaRelationshipConfig, at: Path, report: Report): void {
  peers.forEach(({ name, url }, position) => {
    if (name !== thisServerName && ANY_ADDRESS.has(url.host))
      report.warn(
        child(child(at, position), 'url'),
        `${url.host} for another server, which leads to this host itself`,
        'an address at which that server can be reached from here',
      );
  });
}

/** This server's own entry when it has a listener. */
function listenerOf({
  peers,
  thisServerName,
  multiThreading,
}: HaRelationshipConfig): (HaPeerConfig & { readonly position: number }) | null {
  if (!multiThreading.httpDedicatedListener) return null;
  const position = peers.findIndex((peer) => peer.name === thisServerName);
  const own = peers[position];
  return own === undefined ? null : { ...own, position };
}

const ANY_ADDRESS = new Set(['0.0.0.0', '::']);

interface Address {
  readonly host: string;
  readonly port: number;
}

function isHttpAt(socket: ControlSocketConfig, url: Address): boolean {
  return socket.kind === 'http' && sharesPort({ host: socket.address, port: socket.port }, url);
}

function sharesPort(a: Address, b: Address): boolean {
  if (a.port !== b.port) return false;
  return a.host === b.host || ANY_ADDRESS.has(a.host) || ANY_ADDRESS.has(b.host);
}

/** In load-balancing both servers allocate; only class guards keep them from offering one address twice. */
function checkSplit(config: Config, relationship: HaRelationshipConfig, at: Path, report: Report): void {
  if (relationship.mode !== 'load-balancing') return;
  let open = 0;
  for (const subnet of config.subnets)
    for (const pool of [...subnet.pools, ...(subnet.pdPools ?? [])])
      if (pool.clientClasses.length === 0) open++;
  if (open > 0)
    report.warn(
      child(at, 'mode'),
      `"load-balancing" with ${open} ${open === 1 ? 'pool' : 'pools'} open to both servers`,
      'a "client-class" of one server (HA_ and its name) on every pool, so that no address is offered twice',
    );
}

/** Kea's rules for a hub: hot-standby pairs only, no name twice; and a subnet without a pair is not served at all. */
function checkHub(config: Config, at: Path, report: Report): void {
  const names = new Set<string>();
  config.relationships.forEach(({ mode, peers }, index) => {
    if (mode !== 'hot-standby')
      report.error(
        child(child(at, index), 'mode'),
        quote(mode),
        '"hot-standby" in each of several relationships',
      );
    peers.forEach(({ name }, position) => {
      if (names.has(name))
        report.error(
          child(child(child(child(at, index), 'peers'), position), 'name'),
          quote(name),
          'a name that no peer of another relationship has',
        );
      names.add(name);
    });
  });
  const lost = config.subnets.filter(({ haServerName }) => haServerName === null || !names.has(haServerName));
  if (lost.length > 0)
    report.warn(
      at,
      `several relationships, and no known "ha-server-name" in the user-context of subnet ${lost[0]!.id}${lost.length > 1 ? ` and ${lost.length - 1} more` : ''}`,
      'the name of a server of one relationship for every subnet, whose queries are dropped otherwise',
    );
}
