/** The listener of one relationship as a socket among the server's others. */
import type { HaRelationshipConfig } from '../../config/ha-model.ts';
import type { CommonConfig } from '../../config/model.ts';
import type { CommandTable } from '../../control/answer.ts';
import type { DhcpService } from '../../control/envelope.ts';
import type { Log } from '../../log/logger.ts';
import type { StreamListener } from '../../peer/lease-stream.ts';
import { createPeerListener, ownEntry, type PeerListener, peerAccess } from '../../peer/listener.ts';
import { foreignUrlWarning } from '../../peer/own-address.ts';
import type { ListenerSpec, OpenListener } from '../control/listeners.ts';

/** An open port of a relationship. */
class PeerPort implements OpenListener {
  readonly server: PeerListener;

  constructor(server: PeerListener) {
    this.server = server;
  }

  close(graceMs: number): Promise<void> {
    return this.server.close(graceMs);
  }
}

/**
 * @param table what the peers may call
 * @param service that the commands are for
 * @param listenAddress instead of that of the own url, or null
 * @param onStream gets the lease streams that the partner opens
 * @param inUse is told which port serves the relationship from now on
 */
export function peerPort(
  config: HaRelationshipConfig,
  table: CommandTable,
  service: DhcpService,
  listenAddress: string | null,
  log: Log,
  onStream: StreamListener,
  inUse: (listener: PeerListener) => void,
): ListenerSpec {
  const { url, tls } = ownEntry(config);
  const host = listenAddress ?? url.host;
  const handshake = tls === null ? 'http' : `https ${JSON.stringify(tls)} ${config.requireClientCerts}`;
  return {
    key: `peer ${host} ${url.port} ${handshake}`,
    at: { host, port: url.port },
    open: async () => {
      const server = createPeerListener(config, table, service, log, listenAddress, onStream);
      const { port } = await server.listen();
      log('TDM_PEER_LISTENING', { address: host, port, restricted: config.restrictCommands });
      return new PeerPort(server);
    },
    renew: (listener) => {
      if (!(listener instanceof PeerPort)) return;
      listener.server.admit(peerAccess(config, table, onStream));
      inUse(listener.server);
    },
  };
}

/** What keeps a server with this configuration from starting on this host: its own url is that of another. */
export function foreignPeerPorts({ relationships, tandem }: CommonConfig): string[] {
  return relationships.flatMap((relationship) => {
    if (!relationship.multiThreading.httpDedicatedListener) return [];
    return foreignUrlWarning(ownEntry(relationship), tandem.peerListenAddress) ?? [];
  });
}
