/**
 * The dedicated listener for the other servers of the relationship, at the URL of this server's own peer entry. It takes
 * what peers send and nothing else, so that whoever reaches this port cannot administer the server.
 */
import { assert } from '../base/assert.ts';
import type { HaPeerConfig, HaRelationshipConfig } from '../config/ha-model.ts';
import type { CommandTable } from '../control/answer.ts';
import {
  createKeaHttpServer,
  type KeaHttpAccess,
  type KeaHttpServer,
  type KeaHttpTls,
} from '../control/kea-http.ts';
import { tandemError } from '../errors.ts';
import type { Log } from '../log/logger.ts';
import { formatUrl, ownAddresses } from './own-address.ts';
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
 * @param address where to listen, null = at the address of the own url
 * @throws Error when a TLS file of the own peer entry cannot be read
 */
export function createPeerListener(
  config: HaRelationshipConfig,
  table: CommandTable,
  log: Log,
  address: string | null = null,
): KeaHttpServer {
  const own = ownEntry(config);
  const server = createKeaHttpServer({
    log,
    address: address ?? own.url.host,
    port: own.url.port,
    ...peerAccess(config, table),
    tls: tlsOf(own, config.requireClientCerts),
    service: 'dhcp4',
  });
  const listen = async (): Promise<{ port: number }> => {
    try {
      return await server.listen();
    } catch (error) {
      await server.close();
      throw explain(error as NodeJS.ErrnoException, own, address);
    }
  };
  return { ...server, listen };
}

/** Who may ask for what at the listener. */
export function peerAccess(config: HaRelationshipConfig, table: CommandTable): KeaHttpAccess {
  const { basicAuth } = ownEntry(config);
  return { table, allow: config.restrictCommands ? PEER_COMMANDS : null, basicAuth };
}

/** The kernel says "cannot assign requested address" to a server that was given the other's file. */
function explain(error: NodeJS.ErrnoException, own: HaPeerConfig, address: string | null): Error {
  if (error.code === 'EADDRNOTAVAIL' && address === null) {
    const particulars = [own.name, formatUrl(own), ownAddresses().join(', ')];
    return tandemError('TDM_ERR_PEER_NOT_THIS_HOST', particulars, error);
  }
  const place = formatUrl(own, address ?? own.url.host);
  return tandemError('TDM_ERR_PEER_LISTEN', [own.name, place, error.message], error);
}

/** This server's own entry, whose URL and credentials are those of the listener. */
export function ownEntry({ peers, thisServerName }: HaRelationshipConfig): HaPeerConfig {
  const own = peers.find((peer) => peer.name === thisServerName);
  assert(own !== undefined, 'the own name is that of a peer');
  return own;
}

function tlsOf({ tls }: HaPeerConfig, requireClientCerts: boolean): KeaHttpTls | null {
  return tls === null ? null : { ...readTlsFiles(tls), requireClientCerts };
}
