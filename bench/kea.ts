/** Kea 2.2 as a rival: the same configuration, the same client, the same run. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerKind } from '../src/demo/local-server.ts';
import type { ServerConfiguration } from '../src/demo/pair-config.ts';

export const KEA_PROGRAM = '/usr/sbin/kea-dhcp4';

/** Whether Kea can take part on this machine. */
export function keaIsInstalled(): boolean {
  return existsSync(KEA_PROGRAM) && hookDirectory() !== null;
}

export const KEA: ServerKind = {
  name: 'Kea 2.2',
  adapt: (configuration) => ({ Dhcp4: adaptedFrom(configuration) }),
  command: ({ configFile, directory, port, relayPort, logFile }) => ({
    program: KEA_PROGRAM,
    args: ['-c', configFile, '-p', `${port}`, '-P', `${relayPort}`],
    env: { KEA_PIDFILE_DIR: directory, KEA_LOCKFILE_DIR: directory },
    logFile,
  }),
  // It has no HTTP control socket of its own; the listener for its partner answers status-get.
  statusPort: (identity) => identity.peerPort,
};

/** Its keys where they differ, and its queues long enough that nothing is dropped at the load of these benchmarks. */
function adaptedFrom({ Dhcp4 }: ServerConfiguration): Record<string, unknown> {
  const { 'control-sockets': _, 'user-context': __, ...shared } = Dhcp4;
  const hooks = (Dhcp4['hooks-libraries'] ?? []) as readonly { library: string }[];
  return {
    ...shared,
    'multi-threading': { 'enable-multi-threading': true, 'thread-pool-size': 2, 'packet-queue-size': 2048 },
    'parked-packet-limit': 0,
    'hooks-libraries': hooks.map((hook) => ({ ...hook, library: join(hookDirectory() ?? '', hook.library) })),
    loggers: [{ name: 'kea-dhcp4', severity: 'ERROR', output_options: [{ output: 'stdout' }] }],
  };
}

/** Debian keeps hook libraries under the architecture's library directory. */
function hookDirectory(): string | null {
  for (const name of existsSync('/usr/lib') ? readdirSync('/usr/lib') : []) {
    const directory = join('/usr/lib', name, 'kea', 'hooks');
    if (existsSync(directory)) return directory;
  }
  return null;
}
