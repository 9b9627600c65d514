/**
 * The dedicated listener for the other servers of the relationship, at the URL of this server's own peer entry. It takes
 * what peers send and nothing else, so that whoever reaches this port cannot administer the server.
 */
import { assert } from '../base/assert.ts';
import type { HaPeerConfig, HaRelationshipConfig } from '../config/ha-model.ts';
import type { CommandTable } from '../control/answer.ts';
import { createKeaHttpServer, type KeaHttpServer, type KeaHttpTls } from '../control/kea-http.ts';
import type { Log } from '../log/logger.ts';
import { readTlsFiles } from './tls-files.ts';

/**
 * What Kea's listener accepts with restrict-commands, and the bulk command between two Tandems. The commands by which an
 * administrator steers the pair (ha-sync, ha-scopes, ha-maintenance-start ...) need the control API.
 */
export const PEER_COMMANDS: ReadonlySet<string> = new Set([
  'dhcp-disable',
  'dhcp-enable',
  'ha-heartbeat',
  'ha-maintenance-notify',
  'ha-reset',
  'ha-sync-complete-notify',
  'lease4-bulk-apply',
  'lease4-del',
  'lease4-get-all',
  'lease4-get-page',
  'lease4-update',
  'list-commands',
  'status-get',
]);

/**
 * Builds the listener; nothing is bound before `listen`.
 * @param table the commands; without restrict-commands all of them are open
 * @throws Error when a TLS file of the own peer entry cannot be read
 */
export function createPeerListener(
  config: HaRelationshipConfig,
  table: CommandTable,
  log: Log,
): KeaHttpServer {
  const own = ownEntry(config);
  return createKeaHttpServer({
    log,
    table,
    address: own.url.host,
    port: own.url.port,
    allow: config.restrictCommands ? PEER_COMMANDS : null,
    basicAuth: own.basicAuth,
    tls: tlsOf(own, config.requireClientCerts),
    service: 'dhcp4',
  });
}

function ownEntry({ peers, thisServerName }: HaRelationshipConfig): HaPeerConfig {
  const own = peers.find((peer) => peer.name === thisServerName);
  assert(own !== undefined, 'the own name is that of a peer');
  return own;
}

function tlsOf({ tls }: HaPeerConfig, requireClientCerts: boolean): KeaHttpTls | null {
  return tls === null ? null : { ...readTlsFiles(tls), requireClientCerts };
}
