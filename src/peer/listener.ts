/**
 * The dedicated listener for the other servers of the relationship, at the URL of this server's own peer entry. It takes
 * what peers send and nothing else, so that whoever reaches this port cannot administer the server.
 */
import { assert } from '../base/assert.ts';
import type { HaPeerConfig, HaRelationshipConfig } from '../config/ha-model.ts';
import type { CommandTable } from '../control/answer.ts';
import type { DhcpService } from '../control/envelope.ts';
import { createKeaHttpServer, type KeaHttpAccess, type KeaHttpServer } from '../control/http/kea-http.ts';
import { tandemError } from '../errors.ts';
import type { Log } from '../log/logger.ts';
import { type PeerCredentials, readPeerCredentials } from './credentials.ts';
import { type StreamListener, streamUpgrade } from './lease-stream.ts';
import { formatUrl, ownAddresses } from './own-address.ts';

/**
 * What Kea's listener accepts with restrict-commands, in either family, and the bulk command of older Tandems. The commands by which an
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
  'lease6-bulk-apply',
  'lease6-del',
  'lease6-get-all',
  'lease6-get-page',
  'lease6-update',
  'list-commands',
  'status-get',
]);

export interface PeerListener extends Omit<KeaHttpServer, 'renew'> {
  /** Shows and demands these from now on; the same ones again change nothing. */
  renew(credentials: PeerCredentials): void;
}

/**
 * Builds the listener; nothing is bound before `listen`.
 * @param table the commands; without restrict-commands all of them are open
 * @param service that the commands are for
 * @param address where to listen, null = at the address of the own url
 * @param onStream gets the lease streams that peers open; null = there are none. They outlive the port
 * @throws Error when a file of the own peer entry cannot be used
 */
export function createPeerListener(
  config: HaRelationshipConfig,
  table: CommandTable,
  service: DhcpService,
  log: Log,
  address: string | null = null,
  onStream: StreamListener | null = null,
): PeerListener {
  const own = ownEntry(config);
  let used = readPeerCredentials(own);
  const server = createKeaHttpServer({
    log,
    address: address ?? own.url.host,
    port: own.url.port,
    ...peerAccess(config, table, onStream),
    basicAuth: used.login,
    tls: used.tls === null ? null : { ...used.tls, requireClientCerts: config.requireClientCerts },
    service,
  });
  return {
    listen: async () => {
      try {
        return await server.listen();
      } catch (error) {
        await server.close();
        throw explain(error as NodeJS.ErrnoException, own, address);
      }
    },
    admit: (access) => server.admit(access),
    close: (graceMs) => server.close(graceMs),
    renew: (next) => {
      const isSameTls = next.tls?.digest === used.tls?.digest;
      server.renew({ tls: isSameTls ? null : next.tls, basicAuth: next.login });
      used = next;
    },
  };
}

/** What the peers may ask for. */
export function peerAccess(
  config: HaRelationshipConfig,
  table: CommandTable,
  onStream: StreamListener | null = null,
): KeaHttpAccess {
  const upgrade = onStream === null ? null : streamUpgrade(config, onStream);
  return { table, allow: config.restrictCommands ? PEER_COMMANDS : null, upgrade };
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
