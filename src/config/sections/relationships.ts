/** What the high-availability relationship and the rest of the configuration owe each other. */
import type { ControlSocketConfig, ServerConfig } from '../model.ts';
import { child, type Path } from '../problem.ts';
import type { Report } from '../report.ts';

/** @param at the relationship */
export function checkPair(config: ServerConfig, at: Path, report: Report): void {
  checkListener(config, at, report);
  checkSplit(config, at, report);
}

/** The listener of this server's own URL needs an address and port that no control socket has. */
function checkListener(config: ServerConfig, at: Path, report: Report): void {
  const ha = config.ha;
  if (ha === null || !ha.multiThreading.enabled || !ha.multiThreading.httpDedicatedListener) return;
  const own = ha.peers.findIndex((peer) => peer.name === ha.thisServerName);
  const url = ha.peers[own]?.url;
  if (url === undefined || !config.controlSockets.some((socket) => sharesPort(socket, url))) return;
  report.error(
    child(child(child(at, 'peers'), own), 'url'),
    `port ${url.port}, which a control socket has`,
    'a port of its own for the listener of this server',
  );
}

const ANY_ADDRESS = new Set(['0.0.0.0', '::']);

function sharesPort(socket: ControlSocketConfig, url: { host: string; port: number }): boolean {
  if (socket.kind !== 'http' || socket.port !== url.port) return false;
  return socket.address === url.host || ANY_ADDRESS.has(socket.address) || ANY_ADDRESS.has(url.host);
}

/** In load-balancing both servers allocate; only class guards keep them from offering one address twice. */
function checkSplit(config: ServerConfig, at: Path, report: Report): void {
  if (config.ha?.mode !== 'load-balancing') return;
  let open = 0;
  for (const subnet of config.subnets)
    for (const pool of subnet.pools) if (pool.clientClasses.length === 0) open++;
  if (open > 0)
    report.warn(
      child(at, 'mode'),
      `"load-balancing" with ${open} ${open === 1 ? 'pool' : 'pools'} open to both servers`,
      'a "client-class" of one server (HA_ and its name) on every pool, so that no address is offered twice',
    );
}
