/** Kea 2.2 and 3.0 as rivals: the same configuration, the same client, the same run. */
import type { ServerKind } from '../src/demo/local-server.ts';
import type { AnyConfiguration } from '../src/demo/pair-config.ts';
import { type KeaDaemon, type KeaKind, keaCommand, spelled } from '../test/interop/kea.ts';

export const KEA_2 = createKeaKind('Kea 2.2', 'kea 2.2');
export const KEA_3 = createKeaKind('Kea 3.0', 'kea 3.0');

function createKeaKind(name: string, version: KeaKind): ServerKind {
  return {
    name,
    adapt: (configuration) => adaptedFor(version, configuration),
    command: ({ family, configFile, directory, port, relayPort, logFile }) => {
      const { program, args, env } = keaCommand(version, directory, `kea-dhcp${family}`);
      return {
        program,
        args: [...args, '-c', configFile, '-p', `${port}`, '-P', `${relayPort}`],
        env,
        logFile,
      };
    },
    // Kea 2.2 has no HTTP control socket; the listener for the partner answers status-get in every version.
    status: ({ peerPort, tls }) => ({ port: peerPort, tls }),
  };
}

/** Its keys where they differ, and its queues long enough that nothing is dropped at the load of these benchmarks. */
function adaptedFor(version: KeaKind, configuration: AnyConfiguration): AnyConfiguration {
  return 'Dhcp4' in configuration
    ? { Dhcp4: mapFor(version, configuration.Dhcp4, 'kea-dhcp4') }
    : { Dhcp6: mapFor(version, configuration.Dhcp6, 'kea-dhcp6') };
}

function mapFor(
  version: KeaKind,
  map: Readonly<Record<string, unknown>>,
  daemon: KeaDaemon,
): Record<string, unknown> {
  const { 'control-sockets': _, 'user-context': __, ...shared } = map;
  const configuration = {
    ...shared,
    'multi-threading': { 'enable-multi-threading': true, 'thread-pool-size': 2, 'packet-queue-size': 2048 },
    'parked-packet-limit': 0,
    loggers: [{ name: daemon, severity: 'ERROR', output_options: [{ output: 'stdout' }] }],
  };
  return spelled(version, configuration) as Record<string, unknown>;
}
